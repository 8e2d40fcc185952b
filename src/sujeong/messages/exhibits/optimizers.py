"""The texts of the exhibit `optimizers`."""

TEXTS = {
    "title": ("Optimisers: five ways to use one gradient", "최적화 기법: 같은 기울기를 쓰는 다섯 가지 방법"),
    "path": (
        "{name}: after {steps} steps {left:.2f} from the lowest place; it turned {turns} times across the "
        "valley and travelled {travel:.1f} in that direction.",
        "{name}: {steps}걸음 뒤 가장 낮은 곳까지 {left:.2f} 남았다. 골짜기를 가로질러 {turns}번 방향을 바꾸었고, 그 "
        "방향으로만 움직인 길이는 {travel:.1f}이다.",
    ),
    "rates": (
        "What is left of the learning rate after {steps} gradients of about the same size: AdaGrad {adagrad:.3f} "
        "of it, since it divides by the sum of all squares, which only grows; RMSProp {rmsprop:.2f}, since it "
        "forgets.",
        "크기가 비슷한 기울기를 {steps}번 준 뒤에 남은 학습률의 비율: AdaGrad {adagrad:.3f}, RMSProp {rmsprop:.2f}. "
        "AdaGrad는 기울기의 제곱을 모두 더한 값으로 나누는데 그 합은 늘기만 하고, RMSProp은 오래된 기울기를 잊는다.",
    ),
    "adam": (
        "Adam under a steady gradient: its first step is {first:.2f} of the rate. Without the correction for "
        "starting at zero the steps would grow to {most:.1f} times the rate.",
        "기울기가 일정할 때 Adam의 첫걸음은 학습률의 {first:.2f}배이다. 0에서 출발한 치우침을 보정하지 않으면 "
        "걸음은 학습률의 {most:.1f}배까지 커진다.",
    ),
    "digits": (
        "The same network, from the same weights, on {data}, {epochs} epochs:",
        "같은 신경망을 같은 가중치에서 출발하여 {data}로 {epochs}에폭 학습하면:",
    ),
    "trained": (
        "  {name} (rate {rate:g}): loss {loss:.3f}, {accuracy:.1%} of the test digits right.",
        "  {name}(학습률 {rate:g}): 손실 {loss:.3f}, 시험 데이터 정확도 {accuracy:.1%}.",
    ),
    "step": ("step", "걸음"),
    "epoch": ("epoch", "에폭"),
    "corrected": ("corrected", "보정함"),
    "uncorrected": ("not corrected", "보정하지 않음"),
    "picture.rates": ("step length / (rate · gradient)", "걸음 길이 / (학습률 · 기울기)"),
    "picture.adam": ("Adam: step length / rate", "Adam: 걸음 길이 / 학습률"),
    "picture.digits": ("training loss on {data}", "훈련 손실 ({data})"),
    "claim.zigzag.says": (
        "Momentum zigzags less than SGD.",
        "모멘텀은 SGD보다 지그재그로 덜 움직인다.",
    ),
    "claim.zigzag.found": (
        "Across the valley x²/20 + y², SGD turns {SGD_turns:.0f} times and travels {SGD_travel:.1f}, momentum "
        "{Momentum_turns:.0f} times and {Momentum_travel:.1f}.",
        "골짜기 x²/20 + y²를 가로질러 SGD는 {SGD_turns:.0f}번 꺾으며 {SGD_travel:.1f}만큼, 모멘텀은 "
        "{Momentum_turns:.0f}번 꺾으며 {Momentum_travel:.1f}만큼 움직인다.",
    ),
    "claim.adagrad.says": (
        "AdaGrad's learning rate goes to 0 when training goes on for ever; RMSProp solves that.",
        "AdaGrad는 학습을 끝없이 이어 가면 학습률이 0이 되며, RMSProp이 이를 해결한다.",
    ),
    "claim.adagrad.found": (
        "After {steps:.0f} gradients of about the same size AdaGrad has {AdaGrad_end:.3f} of its rate left and "
        "goes on falling, RMSProp {RMSProp_end:.2f}.",
        "크기가 비슷한 기울기를 {steps:.0f}번 준 뒤 남은 학습률의 비율은 AdaGrad {AdaGrad_end:.3f}(계속 줄어든다), "
        "RMSProp {RMSProp_end:.2f}이다.",
    ),
}
