"""The texts of the exhibit `overfitting`."""

TEXTS = {
    "title": ("Overfitting: few images, seven layers", "과적합: 적은 이미지, 일곱 층"),
    "begin": (
        "{images} images of {data}, a network of {layers} layers, {epochs} epochs; {tested} other images test it.",
        "{data} 이미지 {images}장으로 {layers}층 신경망을 {epochs}에폭 학습하고, 다른 이미지 {tested}장으로 시험한다.",
    ),
    "none": (
        "Left alone: {train:.1%} of the training images right, {test:.1%} of the test images: a gap of {gap:.3f}. "
        "The weights have the size {size:.3f} (root mean square).",
        "그냥 두면: 훈련 정확도 {train:.1%}, 시험 정확도 {test:.1%}, 차이 {gap:.3f}. 가중치의 크기(제곱평균제곱근)는 "
        "{size:.3f}이다.",
    ),
    "l1": (
        "L1: {train:.1%} and {test:.1%}, a gap of {gap:.3f}. {tiny:.0%} of the weights are as good as zero "
        "(below 0.001).",
        "L1: 훈련 {train:.1%}, 시험 {test:.1%}, 차이 {gap:.3f}. 가중치의 {tiny:.0%}가 거의 0(0.001 미만)이 되었다.",
    ),
    "l2": (
        "L2: {train:.1%} and {test:.1%}, a gap of {gap:.3f}. The size of the weights is {size:.3f}.",
        "L2: 훈련 {train:.1%}, 시험 {test:.1%}, 차이 {gap:.3f}. 가중치의 크기는 {size:.3f}이다.",
    ),
    "dropout": (
        "Dropout: {train:.1%} and {test:.1%}, a gap of {gap:.3f}.",
        "드롭아웃: 훈련 {train:.1%}, 시험 {test:.1%}, 차이 {gap:.3f}.",
    ),
    "end": (
        "The smallest gap is {gap:.3f} ({best}), against {none:.3f} when nothing is done.",
        "가장 작은 차이는 {gap:.3f}({best}), 아무것도 하지 않았을 때는 {none:.3f}이다.",
    ),
    "epoch": ("epoch", "에폭"),
    "accuracy": ("accuracy ({data})", "정확도 ({data})"),
    "picture.train": ("training images", "훈련 이미지"),
    "picture.test": ("test images", "시험 이미지"),
    "picture.gap": ("gap {gap:.3f}", "차이 {gap:.3f}"),
    "picture.none": ("nothing done", "규제 없음"),
    "picture.l1": ("L1", "L1"),
    "picture.l2": ("L2", "L2"),
    "picture.dropout": ("dropout", "드롭아웃"),
    "claim.l1.says": (
        "A penalty on the size of the weights (L1) holds overfitting back.",
        "가중치 절댓값에 벌을 주면(L1) 과적합이 억제된다.",
    ),
    "claim.l1.found": (
        "300 images, seven layers: the gap between training and test accuracy is {none_gap:.3f} without and "
        "{l1_gap:.3f} with L1; the test accuracy {none_test:.1%} and {l1_test:.1%}.",
        "이미지 300장, 일곱 층: 훈련과 시험 정확도의 차이는 규제 없이 {none_gap:.3f}, L1로 {l1_gap:.3f}이다. 시험 정확도는 "
        "{none_test:.1%}, {l1_test:.1%}이다.",
    ),
    "claim.l2.says": (
        "A penalty on large weights (weight decay, L2) holds overfitting back.",
        "큰 가중치에 벌을 주면(가중치 감소, L2) 과적합이 억제된다.",
    ),
    "claim.l2.found": (
        "The gap is {none_gap:.3f} without and {l2_gap:.3f} with L2; the test accuracy {none_test:.1%} and "
        "{l2_test:.1%}.",
        "훈련과 시험 정확도의 차이는 규제 없이 {none_gap:.3f}, L2로 {l2_gap:.3f}이다. 시험 정확도는 {none_test:.1%}, "
        "{l2_test:.1%}이다.",
    ),
    "claim.dropout.says": (
        "Leaving out units at random while training (dropout) holds overfitting back.",
        "훈련할 때 뉴런을 무작위로 빼면(드롭아웃) 과적합이 억제된다.",
    ),
    "claim.dropout.found": (
        "The gap is {none_gap:.3f} without and {dropout_gap:.3f} with dropout; the test accuracy "
        "{none_test:.1%} and {dropout_test:.1%}.",
        "훈련과 시험 정확도의 차이는 규제 없이 {none_gap:.3f}, 드롭아웃으로 {dropout_gap:.3f}이다. 시험 정확도는 "
        "{none_test:.1%}, {dropout_test:.1%}이다.",
    ),
}
