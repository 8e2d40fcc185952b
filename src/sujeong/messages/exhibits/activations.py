"""The texts of the exhibit `activations`."""

TEXTS = {
    "title": ("Eight activation functions and their slopes", "활성화 함수 여덟 가지와 그 기울기"),
    "slopes": (
        "All slopes by backpropagation agree with finite differences to {error:.0e}.",
        "역전파로 구한 기울기는 모두 수치 미분과 {error:.0e} 이내로 같다.",
    ),
    "steepest": (
        "The greatest slope: step {step_slope:g}, sigmoid {sigmoid_slope:g}, tanh {tanh_slope:g}.",
        "가장 큰 기울기: 계단 함수 {step_slope:g}, 시그모이드 {sigmoid_slope:g}, tanh {tanh_slope:g}.",
    ),
    "data": (
        "With each of them two hidden layers of {hidden} neurons learned {samples} digits of {data}, at the same rate and "
        "in as many passes; the accuracy on new digits stands above each panel.",
        "함수마다 뉴런 {hidden}개짜리 은닉층 둘을 두고 {data}의 숫자 {samples}개를 같은 학습률로 같은 횟수만큼 학습시켰다. "
        "새 숫자에 대한 정확도는 그래프마다 위에 적었다.",
    ),
    "step": (
        "With the step the first layer moves by {moved:g}, for no gradient passes it, and only the last layer learns: "
        "{accuracy:.1%} right. The lowest of the others has {lowest:.1%}.",
        "계단 함수는 기울기를 통과시키지 않는다. 첫 층이 움직인 거리는 {moved:g}이고, 마지막 층만 배운다. 정확도는 "
        "{accuracy:.1%}이다. 나머지 함수에서는 가장 낮은 정확도가 {lowest:.1%}이다.",
    ),
    "leaky": (
        "Leaky ReLU and max(0.01 x, x) differ by {error:g}.",
        "leaky ReLU와 max(0.01x, x)의 차이는 {error:g}이다.",
    ),
    "prelu": (
        "PReLU starts with a slope of {start:g} below 0 in every neuron; after learning the slopes lie between {low:.2f} "
        "and {high:.2f}.",
        "PReLU에서 0 아래의 기울기는 어느 뉴런이나 {start:g}에서 시작한다. 학습한 뒤에는 {low:.2f}에서 {high:.2f} 사이에 "
        "놓인다.",
    ),
    "picture.y": ("function", "함수"),
    "picture.slope": ("slope", "기울기"),
    "picture.accuracy": ("{accuracy:.1%} right", "정확도 {accuracy:.1%}"),
    "picture.step": ("step", "계단 함수"),
    "picture.sigmoid": ("sigmoid", "시그모이드"),
    "picture.tanh": ("tanh", "하이퍼볼릭 탄젠트"),
    "picture.sine": ("sine", "사인"),
    "picture.relu": ("ReLU", "ReLU 함수"),
    "picture.leaky_relu": ("leaky ReLU, 0.01", "leaky ReLU, 기울기 0.01"),
    "picture.prelu": ("PReLU, from 0.25", "PReLU, 처음 기울기 0.25"),
    "picture.elu": ("ELU", "ELU 함수"),
    "claim.key.says": (
        "Going from the step to another function is the key to neural networks.",
        "계단 함수를 다른 함수로 바꾸는 것이 신경망으로 가는 열쇠이다.",
    ),
    "claim.key.found": (
        "With the step the first layer moves by {step_moved:g} and {step_accuracy:.1%} of the digits are right; with "
        "seven other functions at least {lowest:.1%}.",
        "계단 함수에서는 첫 층이 움직인 거리가 {step_moved:g}, 정확도가 {step_accuracy:.1%}이다. 다른 일곱 함수에서는 낮아도 "
        "{lowest:.1%}이다.",
    ),
    "claim.leaky.says": (
        "Leaky ReLU is max(ax, x) with a small a, such as 0.01.",
        "leaky ReLU는 0.01처럼 작은 a를 쓴 max(ax, x)이다.",
    ),
    "claim.leaky.found": ("They differ by {leaky_error:g}.", "둘의 차이는 {leaky_error:g}이다."),
    "claim.prelu.says": (
        "PReLU makes the slope a a parameter, learned as a bias is.",
        "PReLU는 a를 편향처럼 학습하는 매개변수로 둔다.",
    ),
    "claim.prelu.found": (
        "All slopes began at 0.25; after learning they lie between {learned_low:.2f} and {learned_high:.2f}.",
        "뉴런마다 0.25에서 시작한 기울기가 학습 뒤에는 {learned_low:.2f}에서 {learned_high:.2f} 사이에 놓인다.",
    ),
}
