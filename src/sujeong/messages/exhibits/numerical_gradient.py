"""The texts of the exhibit `numerical-gradient`."""

TEXTS = {
    "title": (
        "Numerical gradients: sure and slow, and where they point",
        "수치 미분: 믿을 만하지만 느리다. 그리고 기울기가 가리키는 곳",
    ),
    "order": (
        "Slope of e^x sin x at 1 for h from 0.1 to 0.001: the error of the forward difference goes as h to the power "
        "{forward:.2f}, that of the central one as h to the power {central:.2f}.",
        "x = 1에서 e^x·sin x를 미분했다. h를 0.1에서 0.001까지 줄이면 오차는 전방 차분에서 h의 {forward:.2f}제곱, 중심 차분에서 h의 "
        "{central:.2f}제곱에 비례해 준다.",
    ),
    "best": (
        "With an h much smaller, rounding takes over. The central difference is best at h = {h:.0e}; at the usual 1e-4 its "
        "error is {usual:.1e}. The error of backpropagation is {backprop:.1g}.",
        "h가 훨씬 더 작으면 반올림 오차가 앞선다. 중심 차분은 h = {h:.0e}에서 가장 정확하고, 흔히 쓰는 1e-4에서 오차가 {usual:.1e}이다. "
        "역전파의 오차는 {backprop:.1g}이다.",
    ),
    "trained": (
        "A network of {parameters} parameters, trained {steps} steps by numerical gradients: loss {numerical:.4f}; by "
        "backpropagation: {backprop:.4f}. The curves are never further apart than {apart:.1e}.",
        "매개변수 {parameters}개인 신경망을 {steps}단계 학습했다. 손실은 수치 미분으로 {numerical:.4f}, 역전파로 {backprop:.4f}이고, "
        "두 곡선의 차이는 가장 클 때 {apart:.1e}이다.",
    ),
    "time": (
        "One gradient of {parameters:,} parameters: {numerical:.1f} ms numerically, {backprop:.2f} ms by backpropagation, "
        "{ratio:.0f} times as fast.",
        "매개변수 {parameters:,}개의 기울기를 한 번 구하는 데 수치 미분은 {numerical:.1f} ms, 역전파는 {backprop:.2f} ms 걸린다. "
        "시간 차이는 {ratio:.0f}배이다.",
    ),
    "steepest": (
        "The negative gradient is the steepest way down from where one stands: of 360 directions tried at each place, the "
        "best one is within {off:.1f} degrees of it.",
        "기울기의 반대 방향은 서 있는 자리에서 가장 가파른 내리막이다. 자리마다 360방향을 시험했더니, 가장 많이 내려가는 방향과 "
        "벌어진 각이 커야 {off:.1f}도이다.",
    ),
    "lowest": (
        "It is not the way to the lowest place: on x² + y² it is off by {round:.1f} degrees on average, on x²/20 + y² by "
        "{long:.0f}, at worst by {worst:.0f}.",
        "그러나 가장 낮은 곳으로 가는 방향은 아니다. 그 방향과의 차이는 x² + y²에서 평균 {round:.1f}도이지만, x²/20 + y²에서는 평균 "
        "{long:.0f}도, 심하면 {worst:.0f}도이다.",
    ),
    "picture.forward": ("forward difference", "전방 차분"),
    "picture.central": ("central difference", "중심 차분"),
    "picture.h": ("step h (dotted: the usual 1e-4)", "h (점선: 흔히 쓰는 1e-4)"),
    "picture.error": ("error of the slope", "미분값의 오차"),
    "picture.errors": ("h too large, h too small", "h가 너무 커도, 너무 작아도 틀린다"),
    "picture.numerical": ("numerical gradient", "수치 미분"),
    "picture.backprop": ("backpropagation", "역전파"),
    "picture.step": ("training step", "학습 단계"),
    "picture.loss": ("loss", "손실"),
    "picture.curves": ("training with either", "두 방법으로 한 학습"),
    "picture.parameters": ("number of parameters", "매개변수의 수"),
    "picture.time": ("time of one gradient in ms", "기울기 한 번의 시간 (ms)"),
    "picture.times": ("the time that it takes", "드는 시간"),
    "picture.lowest": ("to the lowest place", "가장 낮은 곳으로"),
    "picture.down": ("negative gradient", "기울기의 반대 방향"),
    "picture.field": (
        "where the gradient points on $x^2/20 + y^2$",
        "$x^2/20 + y^2$에서 기울기가 가리키는 곳",
    ),
    "claim.lowest.says": (
        "The gradient shows the direction to the lowest place.",
        "기울기는 가장 낮은 곳을 가리킨다.",
    ),
    "claim.lowest.found": (
        "The negative gradient is off by {round_off_lowest:.1f} degrees on average on x² + y², and by "
        "{long_off_lowest:.0f} on x²/20 + y².",
        "기울기의 반대 방향은 평균 x² + y²에서 {round_off_lowest:.1f}도, x²/20 + y²에서 {long_off_lowest:.0f}도 빗나간다.",
    ),
    "claim.steepest.says": (
        "At each place the (negative) gradient is the direction in which the function falls most.",
        "각 자리에서 기울기(의 반대 방향)는 함숫값이 가장 많이 줄어드는 방향이다.",
    ),
    "claim.steepest.found": (
        "It is at most {round_off_steepest:.1f} and {long_off_steepest:.1f} degrees (two functions) from the best of 360 "
        "small steps.",
        "작은 걸음 360방향 가운데 가장 많이 내려간 방향과 벌어진 각이 두 함수에서 커야 {round_off_steepest:.1f}도, {long_off_steepest:.1f}도이다.",
    ),
    "claim.slow.says": (
        "Numerical differentiation is costly and takes long; backpropagation is efficient.",
        "수치 미분은 시간이 오래 걸리고, 역전파는 효율적이다.",
    ),
    "claim.slow.found": (
        "It takes {time_ratio:.0f} times the time of backpropagation at {largest:,.0f} parameters.",
        "매개변수 {largest:,.0f}개에서 역전파의 {time_ratio:.0f}배가 걸린다.",
    ),
}
