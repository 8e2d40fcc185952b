"""The texts of the exhibit `descent`."""

TEXTS = {
    "title": (
        "Gradient descent: samples a step, length of a step",
        "경사하강법: 한 걸음에 보는 데이터, 한 걸음의 길이",
    ),
    "bowl": (
        "A line y = ax + b through 64 noisy points: the loss is a bowl over a and b. Its lowest place is "
        "a = {a:.2f}, b = {b:.2f} with the loss {least:.3f}; at the start the loss is {first:.1f}.",
        "흩어진 점 64개에 직선 y = ax + b를 맞춘다. 손실은 a와 b 위에 놓인 그릇 모양이다. 가장 낮은 곳은 a = {a:.2f}, "
        "b = {b:.2f}이고 그때 손실은 {least:.3f}이다. 출발점의 손실은 {first:.1f}이다.",
    ),
    "batch": (
        "Rate {rate}, all 64 samples a step (batch): {epochs} passes are {steps} steps, the loss goes to {loss:.3f}; "
        "{up:.0%} of the steps went up.",
        "학습률 {rate}, 한 걸음마다 64개를 모두 보면(배치) {epochs}에폭이 {steps}걸음이고 손실은 {loss:.3f}이다. 오히려 올라간 "
        "걸음은 {up:.0%}이다.",
    ),
    "mini": (
        "8 samples a step (mini-batch): {epochs} passes are {steps} steps, loss {loss:.3f}, {up:.0%} went up.",
        "8개씩 보면(미니배치) {epochs}에폭이 {steps}걸음, 손실은 {loss:.3f}, 올라간 걸음은 {up:.0%}이다.",
    ),
    "stochastic": (
        "One sample a step (stochastic): {epochs} passes are {steps} steps, loss {loss:.3f}, {up:.0%} went up: "
        "each sample pulls its own way.",
        "한 개씩 보면(확률적) {epochs}에폭이 {steps}걸음, 손실은 {loss:.3f}, 올라간 걸음은 {up:.0%}이다. 데이터 "
        "하나하나가 저마다 다른 쪽으로 끌기 때문이다.",
    ),
    "limit": (
        "How long may a step be? The curvature of this bowl sets the limit: the rate must stay under {limit:.2f}.",
        "한 걸음은 얼마나 길어도 될까? 이 그릇의 굽은 정도가 한계를 정한다. 학습률은 {limit:.2f}보다 작아야 한다.",
    ),
    "slow": (
        "Rate {rate:.3f}, {steps} steps: the loss is {loss:.2f}.",
        "학습률 {rate:.3f}, {steps}걸음: 손실 {loss:.2f}.",
    ),
    "right": (
        "Rate {rate:.3f}, {steps} steps: the loss is {loss:.2f}.",
        "학습률 {rate:.3f}, {steps}걸음: 손실 {loss:.2f}.",
    ),
    "fast": (
        "Rate {rate:.3f}, beyond the limit, {steps} steps: the loss is {loss:.1f}. Each step jumps over the "
        "lowest place and lands higher on the other side.",
        "한계를 넘은 학습률 {rate:.3f}, {steps}걸음: 손실 {loss:.1f}. 걸음마다 가장 낮은 곳을 건너뛰어 반대편 더 "
        "높은 데에 닿는다.",
    ),
    "a": ("slope $a$ (×: lowest place)", "기울기 $a$ (×: 가장 낮은 곳)"),
    "b": ("intercept $b$", "절편 $b$"),
    "picture.batch": ("batch: 64 samples a step", "배치: 64개씩"),
    "picture.mini": ("mini-batch: 8 samples", "미니배치: 8개씩"),
    "picture.stochastic": ("stochastic: 1 sample", "확률적: 1개씩"),
    "picture.slow": ("rate {rate:.3f}: too small", "학습률 {rate:.3f}: 너무 작다"),
    "picture.right": ("rate {rate:.2f}: right", "학습률 {rate:.2f}: 알맞다"),
    "picture.fast": ("rate {rate:.2f}: too large", "학습률 {rate:.2f}: 너무 크다"),
    "claim.rate.says": (
        "With a rate that is too small or too large nothing is learned: the loss grows, or training ends "
        "before the lowest place.",
        "학습률이 너무 크거나 작으면 제대로 배우지 못한다. 손실이 커지거나, 가장 낮은 곳에 닿기 전에 끝난다.",
    ),
    "claim.rate.found": (
        "From the loss {first:.1f}, with {least:.2f} at the lowest place: {slow_loss:.2f} with the small rate, "
        "{right_loss:.2f} with the right one, {fast_loss:.1f} with the large one.",
        "손실 {first:.1f}에서 출발하여(가장 낮은 값 {least:.2f}) 작은 학습률로는 {slow_loss:.2f}, 알맞은 학습률로는 "
        "{right_loss:.2f}, 큰 학습률로는 {fast_loss:.1f}이다.",
    ),
}
