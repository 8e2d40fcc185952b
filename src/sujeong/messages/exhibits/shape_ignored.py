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
        "Dense layers, started from the same weights moved along with the pixels: {plain:.1%} as they are, "
        "{permuted:.1%} shuffled; {same:.1%} of the answers are the same. For them the shape was never there.",
        "완전연결 계층은 초기 가중치도 픽셀을 따라 옮겨 두면 원래대로 {plain:.1%}, 뒤섞어도 {permuted:.1%}이고, 답의 "
        "{same:.1%}가 서로 같다. 이 계층에는 처음부터 형상이란 것이 없었다.",
    ),
    "cnn": (
        "Convolutions: {plain:.1%} as they are, {permuted:.1%} shuffled, a difference of {points:.1f} points. What "
        "they look at together are no neighbours any more.",
        "합성곱 계층은 원래대로 {plain:.1%}, 뒤섞으면 {permuted:.1%}로 {points:.1f}%포인트 차이가 난다. 함께 들여다보던 "
        "픽셀들이 더는 이웃이 아니기 때문이다.",
    ),
    "picture.picture": ("as it is", "원래 이미지"),
    "picture.shuffled": ("pixels shuffled", "픽셀을 뒤섞은 이미지"),
    "picture.plain": ("as they are", "원래대로"),
    "picture.permuted": ("shuffled", "뒤섞어서"),
    "picture.mlp": ("dense", "완전연결"),
    "picture.cnn": ("convolutional", "합성곱"),
    "picture.accuracy": ("right answers (%)", "정확도 (%)"),
    "claim.shape.says": (
        "A fully connected layer ignores the shape of the data.",
        "완전연결 계층은 데이터의 형상을 무시한다.",
    ),
    "claim.shape.found": (
        "With shuffled pixels a dense network goes from {mlp_plain:.1%} to {mlp_permuted:.1%}, a convolutional one "
        "from {cnn_plain:.1%} to {cnn_permuted:.1%}.",
        "픽셀을 뒤섞으면 완전연결 신경망은 {mlp_plain:.1%}에서 {mlp_permuted:.1%}로, 합성곱 신경망은 {cnn_plain:.1%}에서 "
        "{cnn_permuted:.1%}로 바뀐다.",
    ),
}
