"""The texts of the exhibit `why-deep`."""

TEXTS = {
    "title": (
        "Why deep: 5×5 against two 3×3, equal parameters, plain and residual",
        "왜 깊게 쌓는가: 5×5와 3×3 두 번, 같은 매개변수 수, 건너뛰기의 유무",
    ),
    "seen": (
        "One number of the result of a 5×5 convolution depends on {large_seen} pixels, of two 3×3 on {small_seen}; "
        "weights: {large_weights} against {small_weights}.",
        "5×5 합성곱 한 번의 출력 하나는 픽셀 {large_seen}개에, 3×3 두 번의 출력 하나는 픽셀 {small_seen}개에 달려 있다. "
        "가중치는 각각 {large_weights}개와 {small_weights}개이다.",
    ),
    "channels": (
        "From {channels} to {channels} channels with biases: {large_channels:,} against {small_channels:,}.",
        "채널 {channels}개에서 {channels}개로 갈 때 편향까지 세면 {large_channels:,}개와 {small_channels:,}개이다.",
    ),
    "first": (
        "In the first layer, from 1 channel to {channels}, it is {large_first:,} against {small_first:,}: the second "
        "3×3 already works on all {channels} channels.",
        "채널 1개에서 {channels}개로 가는 첫 층에서는 {large_first:,}개와 {small_first:,}개이다. 둘째 3×3은 이미 채널 "
        "{channels}개를 모두 받기 때문이다.",
    ),
    "equal": (
        "Two 5×5 with {channels} channels ({most:,} parameters in all) or four 3×3 with {wide}, no more than that, on "
        "{n} images of {data}, mean of {starts} starts: test accuracy {large_accuracy:.1%} and {small_accuracy:.1%}; "
        "the four 3×3 with half the images in as many steps: {half_accuracy:.1%}.",
        "채널 {channels}개짜리 5×5 두 번(매개변수 모두 {most:,}개)과, 그 수를 넘지 않게 채널 {wide}개로 맞춘 3×3 네 번을 "
        "{data} {n}장으로 학습한다. 초깃값 {starts}가지의 평균 시험 정확도는 {large_accuracy:.1%}와 "
        "{small_accuracy:.1%}이다. 3×3 네 번에 이미지를 절반만 주고 같은 횟수만큼 갱신하면 {half_accuracy:.1%}이다.",
    ),
    "plain": (
        "Plain networks, accuracy by number of convolutions: {figures}. Training loss with {deepest}: {loss:.3f}.",
        "그냥 쌓은 신경망의 합성곱 층 수에 따른 정확도: {figures}. {deepest}층의 훈련 손실은 {loss:.3f}이다.",
    ),
    "residual": (
        "The same with skips, h + f(h): {figures}. Training loss with {deepest}: {loss:.3f}.",
        "같은 신경망에 건너뛰기 h + f(h)를 넣으면: {figures}. {deepest}층의 훈련 손실은 {loss:.3f}이다.",
    ),
    "picture.parameters": ("parameters, same 5×5 pixels seen", "매개변수 수(같은 5×5 영역)"),
    "picture.weights": ("1 channel,\nno bias", "채널 1개,\n편향 제외"),
    "picture.channels": (
        "{channels} to {channels}\nwith bias",
        "입력 {channels}, 출력 {channels}\n편향 포함",
    ),
    "picture.first": ("1 to {channels}\nwith bias", "입력 1, 출력 {channels}\n편향 포함"),
    "picture.large": ("one 5×5", "5×5 한 번"),
    "picture.small": ("two 3×3", "3×3 두 번"),
    "picture.equal": ("at most {most:,} parameters", "매개변수 {most:,}개 이하"),
    "picture.stack_large": ("two 5×5\n{n} images", "5×5 두 번\n{n}장"),
    "picture.stack_small": ("four 3×3\n{n} images", "3×3 네 번\n{n}장"),
    "picture.stack_half": ("four 3×3\nhalf of them", "3×3 네 번\n절반"),
    "picture.plain": ("plain", "그냥 쌓음"),
    "picture.residual": ("residual", "건너뛰기"),
    "picture.depth": ("convolutions (3×3) with weights", "3×3 합성곱 층 수"),
    "picture.deep": ("deeper and deeper", "점점 더 깊게"),
    "picture.accuracy": ("test accuracy", "시험 정확도"),
    "claim.fewer.says": (
        "Two 3×3 convolutions replace one 5×5 with fewer parameters.",
        "3×3 합성곱 두 번은 더 적은 매개변수로 5×5 한 번을 대신한다.",
    ),
    "claim.fewer.found": (
        "{large_weights:.0f} and {small_weights:.0f} weights; from 16 to 16 channels with biases {large_channels:.0f} "
        "and {small_channels:.0f}.",
        "가중치 {large_weights:.0f}개와 {small_weights:.0f}개. 채널 16개에서 16개로 편향까지 세면 {large_channels:.0f}개와 "
        "{small_channels:.0f}개.",
    ),
    "claim.data.says": (
        "Depth needs less data to learn.",
        "층을 깊게 하면 더 적은 데이터로 학습할 수 있다.",
    ),
    "claim.data.found": (
        "Two 5×5 with all images {large_accuracy:.1%}; four 3×3, no more parameters, with half of them {half_accuracy:.1%}.",
        "모든 이미지로 학습한 5×5 두 번 {large_accuracy:.1%}, 매개변수가 그보다 많지 않은 3×3 네 번에 절반만 주면 {half_accuracy:.1%}.",
    ),
    "claim.plain.says": (
        "Too many layers make a network worse.",
        "층이 지나치게 많으면 성능이 떨어진다.",
    ),
    "claim.plain.found": (
        "Plain networks: {plain_best:.1%} at the best depth, {plain_deepest:.1%} at the greatest.",
        "그냥 쌓은 신경망: 가장 좋은 깊이에서 {plain_best:.1%}, 가장 깊을 때 {plain_deepest:.1%}.",
    ),
    "claim.residual.says": (
        "With skip connections performance grows with depth.",
        "스킵 연결을 쓰면 깊이에 비례해 성능이 오른다.",
    ),
    "claim.residual.found": (
        "Residual networks: {residual_shallowest:.1%} at the smallest depth, {residual_best:.1%} at the best, "
        "{residual_deepest:.1%} at the greatest.",
        "건너뛰기를 넣은 신경망: 가장 얕을 때 {residual_shallowest:.1%}, 가장 좋을 때 {residual_best:.1%}, 가장 깊을 때 "
        "{residual_deepest:.1%}.",
    ),
}
