"""The texts of the exhibit `sign-rule`."""

TEXTS = {
    "title": (
        "Learning by signs: praise and blame, weight by weight",
        "부호로 배우기: 가중치마다 칭찬과 꾸중",
    ),
    "begin": (
        "The rule: step = epsilon × sign of what was sent × sign of the outcome. One digit is shown to a network "
        "with {hidden} hidden cells; then each rule learns from {samples} digits.",
        "규칙: 걸음 = 작은 값 × 보낸 값의 부호 × 결과의 부호. 은닉 뉴런 {hidden}개인 신경망에 숫자 하나를 보여 주고, 그다음 "
        "숫자 {samples}개로 규칙마다 학습시킨다.",
    ),
    "factors.reward": (
        "Reading 1, the outcome is a reward: plus for every cell that fired if the answer was right, minus if it "
        "was wrong. {same:.0%} of the weights that move go the way that lowers the loss.",
        "첫째 풀이, 결과는 보상이다: 답이 맞으면 활성화된 뉴런 모두가 플러스, 틀리면 모두 마이너스. 움직인 가중치의 "
        "{same:.0%}가 손실을 줄이는 쪽으로 간다.",
    ),
    "factors.backprop": (
        "Reading 2, the outcome is sent back to each cell: plus if more of it would have lowered the loss. "
        "{same:.0%} go the way that lowers the loss: this is the sign of the gradient.",
        "둘째 풀이, 결과를 뉴런마다 되돌려 보낸다: 그 뉴런이 더 컸을 때 손실이 줄었다면 플러스. 손실을 줄이는 쪽으로 가는 "
        "가중치는 {same:.0%}이다. 곧 기울기의 부호이다.",
    ),
    "weight": (
        "  pixel {pixel} to cell {cell}: sent {sent}, outcome {outcome}, epsilon {epsilon:g}: step {step:+g}",
        "  픽셀 {pixel} → 뉴런 {cell}: 보낸 값 {sent}, 결과 {outcome}, 작은 값 {epsilon:g}: 걸음 {step:+g}",
    ),
    "end": (
        "{rule}: {end:.1%} of the test digits right after {epochs} epochs (best on the way {top:.1%}).",
        "{rule}: {epochs}에폭 뒤 시험 정확도 {end:.1%} (도중의 최고 {top:.1%}).",
    ),
    "norm": (
        "A step of g/|g|² has the length 1/|g|: {first:.2f} at first, {longest:.3g} at the longest. The nearer to "
        "the goal and the smaller the gradient, the longer the step.",
        "g/|g|²만큼 움직이는 걸음의 길이는 1/|g|이다: 처음에 {first:.2f}, 가장 길 때 {longest:.3g}. 목표에 가까워져 "
        "기울기가 작아질수록 걸음은 도리어 길어진다.",
    ),
    "epoch": ("epoch", "에폭"),
    "step": ("step", "걸음"),
    "length": ("length of the step", "걸음의 길이"),
    "accuracy": ("test accuracy (digits)", "시험 정확도 (digits)"),
    "sent": ("sent by the pixel", "픽셀이 보낸 값의 부호"),
    "outcome": ("outcome of the hidden cell", "은닉 뉴런의 결과"),
    "picture.products.reward": (
        "reading 1: the reward for all that fired",
        "첫째 풀이: 활성화된 뉴런 모두에 같은 보상",
    ),
    "picture.products.backprop": (
        "reading 2: sent back to each cell",
        "둘째 풀이: 뉴런마다 되돌려 보낸 결과",
    ),
    "picture.colours": (
        "orange: the weight grows, violet: it falls",
        "주황: 가중치가 커진다, 보라: 작아진다",
    ),
    "picture.sgd": ("gradient descent", "경사하강법"),
    "picture.backprop": ("signs, outcome sent back", "부호, 되돌려 보낸 결과"),
    "picture.reward": ("signs, reward", "부호, 보상"),
    "picture.reward_flat": ("signs, reward, no hidden layer", "부호, 보상, 은닉층 없음"),
    "picture.norm": ("g / |g|²", "g / |g|²"),
    "picture.norm_short": ("0.1 g / |g|²", "0.1 g / |g|²"),
    "claim.reward.says": (
        "A network can learn by signs: what was sent, times plus for a good result and minus for a bad one "
        "(tested: 80 % of the digits, with the result as one reward for all cells).",
        "보낸 값의 부호에 결과가 좋으면 플러스, 나쁘면 마이너스를 곱하는 것만으로 신경망이 배운다(기준: 결과를 모든 뉴런에 "
        "같은 보상으로 줄 때 숫자의 80 %).",
    ),
    "claim.reward.found": (
        "{reward_end:.0%} with a hidden layer, {reward_flat_end:.0%} without; {reward_same:.0%} of the weights go "
        "the way that lowers the loss.",
        "은닉층이 있으면 {reward_end:.0%}, 없으면 {reward_flat_end:.0%}이다. 손실을 줄이는 쪽으로 움직인 가중치는 "
        "{reward_same:.0%}이다.",
    ),
    "claim.backprop.says": (
        "The same with the result sent back to each cell (tested: 80 % of the digits).",
        "같은 규칙에서 결과를 뉴런마다 되돌려 보낸다(기준: 숫자의 80 %).",
    ),
    "claim.backprop.found": (
        "{backprop_end:.0%}, with {backprop_same:.0%} of the weights going the way that lowers the loss; gradient descent gets "
        "{sgd_end:.0%}.",
        "정확도 {backprop_end:.0%}이고, 손실을 줄이는 쪽으로 움직인 가중치는 {backprop_same:.0%}이다. 경사하강법은 "
        "{sgd_end:.0%}이다.",
    ),
    "claim.norm.says": (
        "It is enough to lower each weight by the gradient over its squared norm (tested: 80 % of the digits).",
        "가중치를 기울기 나누기 기울기 크기의 제곱만큼 줄이면 된다(기준: 숫자의 80 %).",
    ),
    "claim.norm.found": (
        "On the way {norm_top:.0%}, at the end {norm_end:.0%}: the steps grow as the gradient shrinks. A tenth of "
        "the step ends at {norm_short_end:.0%}, gradient descent at {sgd_end:.0%}.",
        "도중에는 {norm_top:.0%}까지 오르지만 끝은 {norm_end:.0%}이다. 기울기가 작아질수록 걸음이 길어지기 때문이다. 걸음을 "
        "10분의 1로 줄이면 {norm_short_end:.0%}, 경사하강법은 {sgd_end:.0%}이다.",
    ),
}
