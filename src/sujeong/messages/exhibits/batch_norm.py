"""The texts of the exhibit `batch-norm`."""

TEXTS = {
    "title": ("Batch normalisation and the first weights", "배치 정규화와 가중치의 초깃값"),
    "plain": (
        "Without batch normalisation: of {scales} sizes of the first weights (std 1 to 0.0001), {learned} get "
        "above 50 % of the training digits ({data}) in {epochs} epochs. Best {best:.0%}, worst {worst:.0%}; 0 "
        "stands for a loss that overflowed.",
        "배치 정규화 없이: 가중치 초깃값의 크기 {scales}가지(표준편차 1~0.0001) 가운데 {epochs}에폭 안에 훈련 "
        "정확도({data}) 50 %를 넘은 것은 {learned}가지이다. 최고 {best:.0%}, 최저 {worst:.0%}. 0은 손실이 수의 범위를 "
        "넘어 버린 경우이다.",
    ),
    "normed": (
        "With it: {learned} of {scales} on {data} after {epochs} epochs, best {best:.0%}, worst {worst:.0%}.",
        "배치 정규화를 쓰면: {data}, {epochs}에폭, {scales}가지 가운데 {learned}가지. 최고 {best:.0%}, 최저 {worst:.0%}.",
    ),
    "early": (
        "After {early} epochs the normalised network is ahead at {faster} of {scales} sizes.",
        "{early}에폭이 지났을 때 배치 정규화를 쓴 쪽이 앞선 경우는 {scales}가지 가운데 {faster}가지이다.",
    ),
    "best": (
        "At std {scale:.2g}, where the plain network does best, {early_epochs} epochs bring it to {plain:.0%} "
        "and the normalised one to {normed:.0%}.",
        "배치 정규화 없는 신경망에 가장 알맞은 표준편차 {scale:.2g}에서 {early_epochs}에폭 뒤의 정확도는, 쓰지 않은 쪽이 "
        "{plain:.0%}, 쓴 쪽이 {normed:.0%}이다.",
    ),
    "few.plain": (
        "Does it stop overfitting? Trained with few images, without it: {fit:.0%} of them right, {test:.1%} of "
        "the test images; a gap of {gap:.3f}.",
        "과적합도 막을까? 적은 이미지로 배치 정규화 없이 학습: 훈련 정확도 {fit:.0%}, 시험 정확도 {test:.1%}, 차이 "
        "{gap:.3f}.",
    ),
    "few.normed": (
        "With it: {fit:.0%} and {test:.1%}, a gap of {gap:.3f}.",
        "배치 정규화를 쓰면: {fit:.0%}, {test:.1%}, 차이 {gap:.3f}.",
    ),
    "values": (
        "What comes out of the normalisation has mean {mean:.3f} and standard deviation {std:.3f}; the largest "
        "value is {largest:.1f}, so it is no scaling to -1..1.",
        "정규화를 거친 값은 평균 {mean:.3f}, 표준편차 {std:.3f}이다. 가장 큰 값의 크기가 {largest:.1f}이므로 -1에서 1 "
        "사이로 줄이는 것이 아니다.",
    ),
    "epoch": ("epoch", "에폭"),
    "accuracy": ("training accuracy ({data})", "훈련 정확도 ({data})"),
    "picture.plain": ("without", "배치 정규화 없음"),
    "picture.normed": ("with batch normalisation", "배치 정규화 있음"),
    "picture.std": ("std {std:.2g}", "표준편차 {std:.2g}"),
    "picture.gone": ("without: overflow", "없음: 발산"),
    "claim.faster.says": (
        "Batch normalisation makes training faster (tested: ahead after 5 epochs at more than half of 16 sizes "
        "of the first weights).",
        "배치 정규화는 학습을 빠르게 한다(기준: 초깃값 크기 16가지의 절반 넘는 경우에 5에폭 뒤 앞선다).",
    ),
    "claim.faster.found": (
        "It is ahead at {faster:.1f} of {scales:.0f} sizes. At the size that suits the plain network best (std "
        "{best_scale:.2f}), the plain one has {plain_early:.0%} and the normalised one {normed_early:.0%}.",
        "{scales:.0f}가지 가운데 {faster:.1f}가지에서 앞선다. 다만 배치 정규화 없는 쪽에 가장 알맞은 크기(표준편차 "
        "{best_scale:.2f})에서는 없는 쪽 {plain_early:.0%}, 있는 쪽 {normed_early:.0%}이다.",
    ),
    "claim.start.says": (
        "With it, training depends little on the first weights (tested: half the range of accuracies).",
        "배치 정규화를 쓰면 초깃값에 크게 의존하지 않는다(기준: 정확도의 범위가 절반 이하).",
    ),
    "claim.start.found": (
        "Over 16 sizes the accuracy lies between {plain_worst:.0%} and {plain_best:.0%} without it, between "
        "{normed_worst:.0%} and {normed_best:.0%} with it; above 50 % are {plain_learned:.1f} and "
        "{normed_learned:.1f} of them.",
        "초깃값 크기 16가지에서 정확도는 없을 때 {plain_worst:.0%}~{plain_best:.0%}, 있을 때 "
        "{normed_worst:.0%}~{normed_best:.0%}이다. 50 %를 넘은 것은 각각 {plain_learned:.1f}가지와 "
        "{normed_learned:.1f}가지이다.",
    ),
    "claim.overfitting.says": (
        "Batch normalisation holds overfitting back.",
        "배치 정규화는 과적합을 억제한다.",
    ),
    "claim.overfitting.found": (
        "A network of five hidden layers on 300 images: {plain_fit:.0%} of them and {plain_test:.1%} of the test "
        "images right without it, {normed_fit:.0%} and {normed_test:.1%} with it.",
        "은닉층이 다섯인 신경망을 이미지 300장으로 학습하면 없을 때 훈련 {plain_fit:.0%}, 시험 {plain_test:.1%}, 있을 때 "
        "훈련 {normed_fit:.0%}, 시험 {normed_test:.1%}이다.",
    ),
    "claim.range.says": (
        "Batch normalisation brings values into the range from -1 to 1.",
        "배치 정규화는 값을 -1에서 1 사이로 맞춘다.",
    ),
    "claim.range.found": (
        "It gives mean {mean:.2f} and standard deviation {std:.2f}; the largest of 10000 values is {largest:.1f}.",
        "평균은 {mean:.2f}, 표준편차는 {std:.2f}이다. 값 10000개 가운데 가장 큰 것의 크기는 {largest:.1f}이다.",
    ),
}
