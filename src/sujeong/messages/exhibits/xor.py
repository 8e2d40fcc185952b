"""The texts of the exhibit `xor`."""

TEXTS = {
    "title": ("XOR: one line cannot, a hidden layer can", "XOR: 직선 하나로는 안 되고, 은닉층이 있으면 된다"),
    "tried": (
        "Of {tried:,} random lines the best gets {right} of the 4 points right.",
        "아무렇게나 그은 직선 {tried:,}개 가운데 가장 나은 것이 네 점 중 {right}개를 맞힌다.",
    ),
    "line": (
        "One perceptron, after {epochs} passes: {right} of 4 right, loss {loss:.4f} (that of a coin toss is 0.6931). No "
        "straight line separates the points, so no weights exist that it could find.",
        "단층 퍼셉트론은 {epochs}번 훑은 뒤 네 점 가운데 {right}개를 맞히고, 손실은 {loss:.4f}이다(동전 던지기라면 0.6931). 네 "
        "점을 가르는 직선이 없으므로 찾아낼 가중치도 없다.",
    ),
    "gates": (
        "Three perceptrons with weights set by hand, AND(OR(x), NAND(x)), get {right} of 4.",
        "가중치를 손으로 정한 퍼셉트론 셋을 AND(OR(x), NAND(x))로 이으면 네 점 가운데 {right}개를 맞힌다.",
    ),
    "mlp": (
        "A network with {hidden} hidden units learned from the four points alone: {right} of 4 right, loss "
        "{loss:.4f}. A hidden layer can bend the plane until one line is enough.",
        "은닉 뉴런이 {hidden}개인 신경망은 네 점만 보고 배워 {right}개를 맞히고, 손실은 {loss:.4f}이다. 은닉층이 "
        "평면을 휘어 놓으면 그다음은 직선 하나로 충분하다.",
    ),
    "picture.best": ("best line: {right} of 4", "가장 나은 직선: 4개 중 {right}개"),
    "picture.gates": ("gates composed by hand", "손으로 이은 게이트"),
    "picture.mlp": ("learned, one hidden layer", "은닉층 하나로 학습"),
    "claim.line.says": (
        "A single perceptron cannot solve XOR; several layers can.",
        "단층 퍼셉트론은 XOR를 풀지 못하고, 다층 퍼셉트론은 푼다.",
    ),
    "claim.line.found": (
        "One perceptron gets {line_right:.1f} of 4 points, a network with one hidden layer {mlp_right:.1f}.",
        "단층 퍼셉트론은 4개 중 {line_right:.1f}개, 은닉층이 하나인 신경망은 {mlp_right:.1f}개를 맞힌다.",
    ),
}
