"""The texts of the exhibit `backprop`."""

TEXTS = {
    "title": (
        "Backpropagation: the graph of a computation, with values and gradients on its edges",
        "오차역전파: 값과 기울기가 흐르는 계산 그래프",
    ),
    "apples": (
        "Two apples at 100 with 10 % tax cost {bill:.0f}. Walking back from there: one more on the price adds {price:.1f}, "
        "one more apple {number:.0f}, one more on the tax factor {tax:.0f}.",
        "100원짜리 사과 두 개를 사고 10 % 세금을 내면 {bill:.0f}원이다. 거꾸로 따라가면, 값이 1 오를 때 {price:.1f}, 한 개 더 살 때 "
        "{number:.0f}, 세금 배율이 1 오를 때 {tax:.0f}만큼 늘어난다.",
    ),
    "affine": (
        "Affine by hand (dx = dy Wᵀ, dW = xᵀ dy, db = sum of dy) on {samples} samples, {features} features and {classes} "
        "classes: no gradient differs from the library's by more than {differs:.0e}.",
        "Affine 계층을 손으로 미분했다(dx = dy Wᵀ, dW = xᵀ dy, db = dy의 합). 표본 {samples}개, 특성 {features}개, 클래스 "
        "{classes}개에서 라이브러리의 기울기와 가장 크게 벌어진 차이가 {differs:.0e}이다.",
    ),
    "softmax": (
        "Softmax with loss by hand, (y - t) / N: differs by {differs:.0e} from the library and by {numerical:.0e} from "
        "numerical gradients.",
        "Softmax-with-Loss 계층의 기울기는 (y - t) / N이다. 라이브러리와의 차이는 {differs:.0e}, 수치 미분과의 차이는 {numerical:.0e}이다.",
    ),
    "reading": (
        "In the picture the scores of the right classes get {first:.3f} and {second:.3f}: a step against the gradient raises "
        "them. The others get what remains, so that each row adds up to 0 (to {total:.0e}).",
        "그림에서 정답 클래스의 점수에 온 기울기는 {first:.3f}, {second:.3f}이다. 기울기의 반대쪽으로 가면 이 점수가 오른다. 나머지 클래스가 "
        "반대 부호로 그만큼을 나누어 받으므로 행마다 합이 0이다(오차 {total:.0e}).",
    ),
    "draw": (
        "sj.draw(loss) makes such a picture of any small computation.",
        "sj.draw(loss)는 작은 계산이면 무엇이든 이렇게 그려 준다.",
    ),
    "picture.price": ("price", "사과 값"),
    "picture.number": ("number", "개수"),
    "picture.tax": ("tax factor", "세금 배율"),
    "picture.apples": (
        "each × hands back the gradient times its other input",
        "×는 상대편 입력을 곱해 기울기를 돌려보낸다",
    ),
    "picture.network": (
        "Affine and softmax with loss, two samples, three classes: the gradient of the scores is (y − t) / 2",
        "Affine과 Softmax-with-Loss, 표본 둘, 클래스 셋: 점수의 기울기는 (y − t) / 2",
    ),
    "claim.sums.says": (
        "Softmax normalises its input so that the outputs add up to 1.",
        "소프트맥스는 출력의 합이 1이 되도록 입력을 바꾼다.",
    ),
    "claim.sums.found": (
        "No row's sum is further from 1 than {sum_off:.0e}.",
        "행의 합과 1의 차이는 커야 {sum_off:.0e}이다.",
    ),
}
