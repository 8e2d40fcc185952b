"""The texts of the exhibit `losses`."""

TEXTS = {
    "title": (
        "Losses: how wrong, in one number, and estimated from a few samples",
        "손실 함수: 얼마나 틀렸는지를 수 하나로, 그것도 표본 몇 개로 어림한다",
    ),
    "sample": (
        "One sample of ten classes. The right class got 0.6: squared error {squared_good:.3f}, cross-entropy "
        "{cross_good:.3f}. It got 0.01: {squared_bad:.3f} and {cross_bad:.3f}. Cross-entropy has no upper bound; the "
        "squared error cannot pass 1.",
        "열 클래스짜리 표본 하나를 본다. 정답에 0.6을 주면 제곱 오차는 {squared_good:.3f}, 교차 엔트로피는 {cross_good:.3f}이다. "
        "0.01만 주면 제곱 오차 {squared_bad:.3f}, 교차 엔트로피 {cross_bad:.3f}이다. 교차 엔트로피에는 상한이 없지만 제곱 오차는 1을 넘지 못한다.",
    ),
    "right": (
        "The right class kept 0.6 and the other nine shared the rest in 200 ways: cross-entropy varied by {cross:.2g}, "
        "the squared error by {squared:.2g}. Cross-entropy looks at the right class alone.",
        "정답의 0.6은 그대로 두고 나머지를 아홉 클래스에 200가지로 나누어 보았다. 교차 엔트로피는 {cross:.2g}만큼, "
        "제곱 오차는 {squared:.2g}만큼 달라졌다. 교차 엔트로피는 정답의 출력만 본다.",
    ),
    "whole": (
        "The loss of a data set is the mean over its samples: {loss:.3f} over {samples:,} of {data}, after a short training.",
        "데이터 전체의 손실은 표본마다 구한 손실의 평균이다. 조금 학습한 모델은 {data} {samples:,}개에서 {loss:.3f}이다.",
    ),
    "batch": (
        "Random batches of 100 estimate it: over {tries:,} of them, the typical error was {before:.1f} % of the whole before "
        "training and {after:.1f} % after.",
        "무작위로 뽑은 100개짜리 미니배치로 이 값을 어림한다. {tries:,}번 뽑아 보니 전형적인 오차는 학습 전에 전체의 {before:.1f} %, "
        "학습 뒤에 {after:.1f} %였다.",
    ),
    "hardest": (
        "The hardest tenth of the samples carries {before:.0f} % of the loss before training and {after:.0f} % after: the "
        "more a few samples carry, the more it matters how many of them are in the batch.",
        "가장 어려운 10 %의 표본이 손실에서 차지하는 몫은 학습 전에 {before:.0f} %, 학습 뒤에 {after:.0f} %이다. 몇 개에 손실이 "
        "몰릴수록, 그 가운데 몇이 미니배치에 들었는지에 따라 값이 크게 흔들린다.",
    ),
    "slope": (
        "The spread goes as N to the power {before:.2f} before and {after:.2f} after. As 1/sqrt(N) it would be -0.50: to "
        "halve the error takes four times the samples.",
        "오차는 학습 전에 N의 {before:.2f}제곱, 학습 뒤에 {after:.2f}제곱에 비례했다. 1/√N에 비례하면 -0.50이고, "
        "오차를 절반으로 줄이는 데 표본이 네 배 든다.",
    ),
    "picture.cross": ("cross-entropy", "교차 엔트로피"),
    "picture.squared": ("squared error", "제곱 오차"),
    "picture.chance": ("probability of the right class", "정답에 준 확률"),
    "picture.loss": ("loss of the sample", "표본 하나의 손실"),
    "picture.sample": ("one sample", "표본 하나"),
    "picture.size": ("samples in the batch, N", "미니배치의 크기 N"),
    "picture.estimate": ("loss of the batch / loss of all", "미니배치 손실 / 전체 손실"),
    "picture.batches": ("range of 90 % of the batches", "미니배치의 90 %가 드는 범위"),
    "picture.spread": ("typical error in %", "전형적인 오차 (%)"),
    "picture.falls": ("how far off a batch is", "미니배치가 빗나가는 정도"),
    "picture.before": ("before training", "학습 전"),
    "picture.after": ("after training", "학습 뒤"),
    "claim.right.says": (
        "With one-hot targets, the output of the right class alone sets the cross-entropy.",
        "원-핫 정답에서 교차 엔트로피는 정답 클래스의 출력만으로 정해진다.",
    ),
    "claim.right.found": (
        "The other nine outputs changed the cross-entropy by {cross_varies:.1g}, the squared error by {squared_varies:.2g}.",
        "나머지 아홉 출력을 바꾸었을 때 교차 엔트로피는 {cross_varies:.1g}만큼, 제곱 오차는 {squared_varies:.2g}만큼 달라졌다.",
    ),
    "claim.estimate.says": (
        "The loss of a mini-batch approximates the loss of all data.",
        "미니배치의 손실은 전체 데이터의 손실을 어림한 값이다.",
    ),
    "claim.estimate.found": (
        "With 100 samples the typical error is {before_percent:.1f} % before training and {after_percent:.1f} % after; "
        "after, it goes as N to the power {after_slope:.2f}.",
        "100개로 어림하면 전형적인 오차는 학습 전 {before_percent:.1f} %, 학습 뒤 {after_percent:.1f} %이다. 학습 뒤의 오차는 N의 "
        "{after_slope:.2f}제곱에 비례한다.",
    ),
}
