"""The texts of the exhibit `why-not-accuracy`."""

TEXTS = {
    "title": (
        "Why not accuracy? It has no slope to learn from",
        "왜 정확도로 배우지 않는가? 따라 내려갈 기울기가 없다",
    ),
    "setting": (
        "A small network, trained on {data} for a short time, is judged by {samples} samples. One weight of its last layer "
        "is moved, the one on which the loss depends most.",
        "{data}로 조금 학습한 작은 신경망을 표본 {samples}개로 잰다. 마지막 층에서 손실이 가장 민감하게 반응하는 가중치 하나만 움직인다.",
    ),
    "along": (
        "At {points} places along that weight the slope of the accuracy is exactly zero in {accuracy:.1%} of them, that of "
        "the loss in {loss:.1%}.",
        "그 가중치를 바꾸어 가며 {points}곳에서 미분했다. 미분값이 정확히 0인 곳은 정확도에서 {accuracy:.1%}, 손실에서 {loss:.1%}이다.",
    ),
    "levels": (
        "Over these {points} places the accuracy takes {accuracy} different values, the loss {loss}.",
        "{points}곳에서 정확도가 갖는 값은 {accuracy}가지이고, 손실은 {loss}가지이다.",
    ),
    "weights": (
        "Standing still and trying all {weights} weights of the layer one by one (h = {h:g}): accuracy gives no slope for "
        "{accuracy:.1%} of them, the loss for {loss:.1%}.",
        "제자리에서 이 층의 가중치와 편향 {weights}개를 하나씩 움직여 미분했다(h = {h:g}). 미분값이 0인 것은 정확도에서 {accuracy:.1%}, "
        "손실에서 {loss:.1%}이다.",
    ),
    "follow": (
        "A slope of zero says neither which way to go nor how far; so the loss teaches, and the accuracy is what people read.",
        "미분이 0이면 어느 쪽으로 얼마나 가야 할지 알 수 없다. 그래서 배울 때는 손실을 쓰고, 정확도는 사람이 읽는 점수로 둔다.",
    ),
    "picture.loss": ("loss", "손실"),
    "picture.accuracy": ("accuracy", "정확도"),
    "picture.far": ("far: both look like curves", "멀리서 보면 둘 다 곡선 같다"),
    "picture.near": ("near (the grey strip): a slope and steps", "가까이(회색 띠) 보면 비탈과 계단이다"),
    "picture.weight": ("change of one weight", "가중치 하나의 변화량"),
    "claim.flat.says": (
        "The derivative of the accuracy by a parameter is zero in most places.",
        "정확도를 매개변수로 미분하면 대부분의 장소에서 0이다.",
    ),
    "claim.flat.found": (
        "Zero at {accuracy_flat:.1%} of the places along one weight and for {accuracy_still:.1%} of the weights at one place; "
        "that of the loss at {loss_flat:.1%}.",
        "가중치 하나를 바꾸어 가며 잰 곳의 {accuracy_flat:.1%}에서, 한 자리에서 잰 가중치의 {accuracy_still:.1%}에서 0이다. 손실의 미분은 "
        "{loss_flat:.1%}에서 0이다.",
    ),
    "claim.jumps.says": (
        "Accuracy ignores small changes and takes separate values.",
        "정확도는 작은 변화에 꿈쩍하지 않고, 띄엄띄엄한 값만 갖는다.",
    ),
    "claim.jumps.found": (
        "Along the weight the accuracy takes {accuracy_values:.0f} values, the loss {loss_values:.0f}.",
        "가중치를 바꾸어 가는 동안 정확도는 {accuracy_values:.0f}가지, 손실은 {loss_values:.0f}가지 값을 가졌다.",
    ),
}
