"""The texts of the exhibit `perceptron`."""

TEXTS = {
    "title": ("The perceptron, and the rule by which it learns", "퍼셉트론과 그 학습 규칙"),
    "hand": (
        "With weights set by hand a perceptron gets AND {and_gate} of 4, OR {or_gate} of 4, NAND {nand_gate} of 4.",
        "가중치를 손으로 정한 퍼셉트론은 진리표의 네 줄 가운데 AND {and_gate}줄, OR {or_gate}줄, NAND {nand_gate}줄을 맞힌다.",
    ),
    "learned": (
        "Learned from {starts} random starts by Rosenblatt's rule: {before:.2f} of 4 right before, {after:.2f} after, "
        "with {corrections:.1f} corrections on average and {most} at most.",
        "무작위로 정한 {starts}곳에서 시작해 로젠블라트의 규칙으로 학습한다. 네 줄 가운데 맞히는 줄은 처음에 평균 {before:.2f}줄, "
        "학습 뒤에 {after:.2f}줄이다. 고친 횟수는 평균 {corrections:.1f}번, 많아야 {most}번이다.",
    ),
    "bound": (
        "{gate} from zero: {made} corrections; the margin of the line set by hand allows {most:.0f} at most.",
        "{gate}, 가중치 0에서 시작: {made}번 고쳤다. 손으로 정한 직선의 마진으로 따지면 많아야 {most:.0f}번이다.",
    ),
    "xor": (
        "XOR has no such line: after {passes} passes and {made} corrections it gets {right} of 4 and would never stop.",
        "XOR에는 그런 직선이 없다. {passes}번 훑으며 {made}번 고친 뒤에 네 줄 가운데 {right}줄을 맞히고, 고치기는 끝나지 않는다.",
    ),
    "slope": (
        "Gradient descent could not have found these weights: through the step the greatest slope of the error by a "
        "weight is {step:g}; through a sigmoid it is {sigmoid:.3f}.",
        "경사하강법으로는 이 가중치를 찾을 수 없다. 계단 함수를 거치면 가중치에 대한 오차의 기울기가 커야 {step:g}이고, "
        "시그모이드로 바꾸면 {sigmoid:.3f}이다.",
    ),
    "picture.fires": ("answers 1", "1이라고 답하는 쪽"),
    "picture.gate": ("{gate}: {count} corrections", "{gate}: {count}번 고침"),
    "picture.start": ("random start", "무작위 시작"),
    "picture.way": ("on the way", "고치는 동안"),
    "picture.learned": ("learned", "학습한 직선"),
    "picture.hand": ("set by hand", "손으로 정한 직선"),
    "claim.learns.says": (
        "Neurons that change the strength of their connections learn to solve a problem.",
        "인공 뉴런은 연결의 세기를 바꾸는 학습으로 문제를 풀게 된다.",
    ),
    "claim.learns.found": (
        "From random weights a perceptron gets {before:.2f} of the 4 rows of AND, OR and NAND, after "
        "{corrections:.1f} corrections {after:.2f}.",
        "무작위 가중치로는 AND, OR, NAND의 네 줄 가운데 {before:.2f}줄을 맞히고, {corrections:.1f}번 고친 뒤에는 "
        "{after:.2f}줄을 맞힌다.",
    ),
}
