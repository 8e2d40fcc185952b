"""The texts of the exhibit `one-step`."""

TEXTS = {
    "title": (
        "One training step in slow motion: when is the optimiser used?",
        "느린 동작으로 보는 학습 한 단계: 옵티마이저는 언제 쓰이는가?",
    ),
    "batch": (
        "A batch of {batch} images of {data} goes through a fresh network: {right} right, loss {loss:.3f}.",
        "{data} 이미지 {batch}장으로 된 미니배치를 갓 만든 신경망에 넣는다. 정답은 {right}개, 손실은 {loss:.3f}이다.",
    ),
    "computing": (
        "Of {weights:,} weights, the prediction changed {prediction}, the loss {loss}, the gradients {gradients}: all "
        "of this only computes.",
        "가중치 {weights:,}개 가운데 바뀐 것은 예측 뒤에 {prediction}개, 손실 뒤에 {loss}개, 기울기 뒤에 {gradients}개이다. 여기까지는 "
        "계산만 한 것이다.",
    ),
    "gradients": (
        "The gradient has length {length:.3f}. A step of rate {rate:g} along a straight slope would give a loss of {expected:.3f}.",
        "기울기의 크기는 {length:.3f}이다. 비탈이 끝까지 곧다면 학습률 {rate:g}인 한 걸음 뒤의 손실은 {expected:.3f}이다.",
    ),
    "optimiser": (
        "Now the optimiser: w <- w - rate x gradient. {changed:,} of {weights:,} weights change, and the loss of the same "
        "batch goes from {before:.3f} to {loss:.3f}.",
        "이제 옵티마이저가 나선다. w ← w - 학습률 × 기울기. 가중치 {weights:,}개 가운데 {changed:,}개가 바뀌고, 같은 미니배치의 손실은 "
        "이렇게 바뀐다: {before:.3f} → {loss:.3f}.",
    ),
    "each": (
        "{rose} of {batch} images now get a larger probability for their right class, and {right} are right: the step is a "
        "compromise of all of them.",
        "{batch}장 가운데 {rose}장에서 정답 확률이 올랐고, 맞힌 것은 {right}장이다. 한 걸음은 미니배치 전체의 타협이다.",
    ),
    "rest": (
        "{dead:.1%} of the weights got a gradient of exactly 0 and stay: they hang on pixels that are empty in the whole "
        "batch, or on units that were silent.",
        "가중치의 {dead:.1%}는 기울기가 정확히 0이라 그대로이다. 미니배치의 모든 이미지에서 비어 있는 픽셀이나 한 번도 켜지지 않은 뉴런에 달린 가중치이다.",
    ),
    "others": (
        "Images that were not in the batch: loss {before:.3f} before, {after:.3f} after. Then the next batch comes.",
        "미니배치에 없던 이미지의 손실은 {before:.3f} → {after:.3f}. 그다음 미니배치가 온다.",
    ),
    "picture.part.batch": ("1 batch\n{batch} images", "1 미니배치\n{batch}장"),
    "picture.part.prediction": ("2 prediction\n{right_before} right", "2 예측\n정답 {right_before}개"),
    "picture.part.loss": ("3 loss\n{loss_before:.3f}", "3 손실\n{loss_before:.3f}"),
    "picture.part.gradients": ("4 gradients\nlength {length:.3f}", "4 기울기\n크기 {length:.3f}"),
    "picture.part.optimiser": ("5 OPTIMISER\nrate {rate:g}", "5 옵티마이저\n학습률 {rate:g}"),
    "picture.part.again": ("6 loss again\n{loss_after:.3f}", "6 다시 손실\n{loss_after:.3f}"),
    "picture.changed": ("weights changed: {count:,}", "바뀐 가중치: {count:,}개"),
    "picture.images": ("25 images of the batch", "미니배치의 이미지 25장"),
    "picture.chance_before": ("before the step", "걸음 전"),
    "picture.chance_after": ("after the step", "걸음 뒤"),
    "picture.said": ("probability of the right class", "정답에 준 확률"),
    "picture.rose": ("rose: {count}", "오름: {count}개"),
    "picture.fell": ("did not: {count}", "오르지 않음: {count}개"),
    "picture.before": ("before the step", "걸음 전"),
    "picture.after": ("after it", "걸음 뒤"),
    "picture.rate": ("learning rate of this one step", "이 한 걸음의 학습률"),
    "picture.loss": ("loss of the batch", "미니배치 손실"),
    "picture.way": ("along the gradient (dotted: straight slope)", "기울기를 따라 (점선: 비탈이 곧다면)"),
    "claim.falls.says": (
        "A step makes the loss of the batch a little smaller.",
        "한 걸음마다 미니배치의 손실이 조금 줄어든다.",
    ),
    "claim.falls.found": (
        "From {loss_before:.3f} to {loss_after:.3f}.",
        "{loss_before:.3f} → {loss_after:.3f}.",
    ),
    "claim.all.says": (
        "A step updates all weights of the network.",
        "한 걸음에 신경망의 모든 가중치가 갱신된다.",
    ),
    "claim.all.found": (
        "{share_changed:.1%} changed; {share_dead:.1%} had a gradient of exactly 0, such as those of pixels that are always "
        "empty.",
        "{share_changed:.1%}가 바뀌었다. {share_dead:.1%}는 늘 비어 있는 픽셀에 달린 것처럼 기울기가 정확히 0이었다.",
    ),
}
