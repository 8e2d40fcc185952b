"""The texts of the exhibit `shape-ignored`."""

TEXTS = {
    "title": (
        "Dense layers ignore the shape: shuffled pixels",
        "완전연결 계층은 형상을 무시한다: 픽셀을 뒤섞어 보기",
    ),
    "data": (
        "{training} images of {data} for training, {tested} for testing; in one half of the runs the pixels of all "
        "images are shuffled, all in the same way.",
        "{data} 이미지 {training}장으로 학습하고 {tested}장으로 시험한다. 실험의 절반에서는 모든 이미지의 픽셀을 똑같은 "
        "순서로 뒤섞는다.",
    ),
    "mlp": (
        "Dense layers, started from the same weights moved along with the pixels: {plain:.1%} right as they are, "
        "{permuted:.1%} shuffled; {same:.1%} of the answers are the same. For these layers there is no shape to lose.",
        "완전연결 신경망의 정확도는, 초깃값도 픽셀을 따라 옮겨 두면, 원래대로일 때 {plain:.1%}, 뒤섞을 때 {permuted:.1%}이다. 답의 "
        "{same:.1%}가 서로 같다. 이 계층에는 처음부터 형상이란 것이 없다.",
    ),
    "cnn": (
        "Convolutions: {plain:.1%} right as they are, {permuted:.1%} shuffled, a difference of {points:.1f} points. The "
        "pixels that they look at together are no neighbours any more.",
        "합성곱 신경망의 정확도는 원래대로일 때 {plain:.1%}, 뒤섞을 때 {permuted:.1%}이고 차이는 {points:.1f}%포인트이다. 뒤섞으면 "
        "함께 들여다보는 픽셀들이 더는 이웃이 아니다.",
    ),
    "picture.picture": ("as it is", "원래 이미지"),
    "picture.shuffled": ("pixels shuffled", "픽셀을 뒤섞은 이미지"),
    "picture.plain": ("as they are", "원래대로"),
    "picture.permuted": ("shuffled", "뒤섞어"),
    "picture.mlp": ("dense", "완전연결"),
    "picture.cnn": ("convolutional", "합성곱"),
    "picture.accuracy": ("right answers (%)", "정확도 (%)"),
    "claim.shape.says": (
        "A fully connected layer ignores the shape of the data.",
        "완전연결 계층은 데이터의 형상을 무시한다.",
    ),
    "claim.shape.found": (
        "Accuracy before and after shuffling the pixels: dense network {mlp_plain:.1%} and {mlp_permuted:.1%}, "
        "convolutional one {cnn_plain:.1%} and {cnn_permuted:.1%}.",
        "픽셀을 뒤섞기 전과 후의 정확도: 완전연결 신경망 {mlp_plain:.1%}, {mlp_permuted:.1%}, 합성곱 신경망 {cnn_plain:.1%}, "
        "{cnn_permuted:.1%}.",
    ),
}
