"""The texts of the exhibit `linear-collapse`."""

TEXTS = {
    "title": ("Ten linear layers are one matrix", "선형 층 열 개는 행렬 하나와 같다"),
    "thrice": (
        "f(x) = {c:g}x applied three times to 5 gives {thrice:g}; c³x is {cubed:g}.",
        "f(x) = {c:g}x를 5에 세 번 적용하면 {thrice:g}이다. c³x도 {cubed:g}이다.",
    ),
    "collapse": (
        "{depth} linear layers and the one matrix that is their product differ by {error:.0e} of the largest output: "
        "rounding.",
        "선형 층 {depth}개와 그 가중치를 모두 곱한 행렬 하나를 견주면, 두 출력의 차이는 가장 큰 출력의 {error:.0e}이다. "
        "반올림 오차이다.",
    ),
    "gap": (
        "Of the variance of {depth} layers the best single matrix misses {identity:.0e} without an activation, "
        "{tanh:.0%} with tanh, {relu:.0%} with ReLU.",
        "층 {depth}개의 출력 분산 가운데 가장 잘 맞춘 행렬 하나가 놓치는 몫은 활성화 함수가 없으면 {identity:.0e}, "
        "tanh를 넣으면 {tanh:.0%}, ReLU를 넣으면 {relu:.0%}이다.",
    ),
    "spirals": (
        "Two arms of a spiral, on new points: one layer {one:.0%} right, {depth} linear layers with {parameters} "
        "parameters {ten:.0%}, the same with ReLU {bent:.0%}.",
        "나선의 두 팔을 가르는 문제에서 새 점에 대한 정확도는 한 층 {one:.0%}, 매개변수 {parameters}개인 선형 층 "
        "{depth}개 {ten:.0%}, 여기에 ReLU를 넣으면 {bent:.0%}이다.",
    ),
    "picture.gap": ("variance that one matrix misses\n(share)", "행렬 하나가 놓치는 분산\n(비율)"),
    "picture.layers": ("layers", "층의 수"),
    "picture.identity": ("no activation", "활성화 함수 없음"),
    "picture.tanh": ("tanh", "tanh 사용"),
    "picture.relu": ("ReLU", "ReLU 사용"),
    "picture.one": ("one linear layer\n{accuracy:.0%} right", "선형 층 하나\n정확도 {accuracy:.0%}"),
    "picture.ten": (
        "{depth} linear layers\n{accuracy:.0%} right",
        "선형 층 {depth}개\n정확도 {accuracy:.0%}",
    ),
    "picture.bent": (
        "{depth} layers, ReLU\n{accuracy:.0%} right",
        "ReLU를 넣은 {depth}개\n정확도 {accuracy:.0%}",
    ),
    "claim.collapse.says": (
        "With a linear activation a deep network can be replaced by one without hidden layers.",
        "활성화 함수가 선형이면 깊은 신경망을 은닉층 없는 신경망으로 바꿀 수 있다.",
    ),
    "claim.collapse.found": (
        "Ten linear layers and their product, one matrix, differ by {collapse_error:.0e} of the largest output.",
        "선형 층 열 개와 그 곱인 행렬 하나를 견주면, 두 출력의 차이는 가장 큰 출력의 {collapse_error:.0e}이다.",
    ),
    "claim.depth.says": (
        "With linear functions there is no point in making a network deeper.",
        "선형 함수만 쓰면 신경망을 깊게 하는 의미가 없다.",
    ),
    "claim.depth.found": (
        "On spirals one layer gets {one_accuracy:.0%}, ten linear ones {ten_accuracy:.0%}, ten with ReLU "
        "{bent_accuracy:.0%}.",
        "나선에서 한 층은 {one_accuracy:.0%}, 선형 층 열 개는 {ten_accuracy:.0%}, ReLU를 넣은 열 개는 "
        "{bent_accuracy:.0%}를 맞힌다.",
    ),
}
