"""The texts of the exhibit `end-to-end`."""

TEXTS = {
    "title": (
        "End to end: hand rules, hand features with an SVM, a network",
        "종단간 학습: 사람이 쓴 규칙, 사람이 만든 특징과 SVM, 신경망",
    ),
    "rules": (
        "Rules written by hand (holes and where they are, on which side the ink lies) get {right:.1%} of {tested} "
        "images of {data}; guessing gets 10%.",
        "사람이 쓴 규칙(구멍이 어디에 있는지, 획이 어느 쪽에 몰려 있는지)은 {data} 이미지 {tested}장에서 {right:.1%}를 맞힌다. "
        "아무렇게나 고르면 10%이다.",
    ),
    "features": (
        "The hand features are {count} numbers: strokes in {directions} directions, by cell. Only the linear machine "
        "behind them learns.",
        "사람이 만든 특징은 이미지를 칸으로 나누어 {directions}개 방향으로 획의 세기를 잰 수 {count}개이다. 그 뒤의 선형 분류기만 학습한다.",
    ),
    "learned": (
        "With {training} training images: linear SVM on pixels {pixels:.1%}, on hand features {features:.1%}, network "
        "from pixels {network:.1%}.",
        "학습 이미지가 {training}장일 때의 정확도: 픽셀에 선형 SVM {pixels:.1%}, 사람이 만든 특징에 선형 SVM {features:.1%}, 픽셀부터 배운 "
        "신경망 {network:.1%}.",
    ),
    "ahead.pixels": (
        "With {training} images the plain pixels are ahead.",
        "이미지가 {training}장일 때는 픽셀을 그대로 쓴 쪽이 앞선다.",
    ),
    "ahead.features": (
        "With {training} images what a person knew about strokes is ahead.",
        "이미지가 {training}장일 때는 획에 대한 사람의 지식을 담은 쪽이 앞선다.",
    ),
    "ahead.network": (
        "With {training} images the network that found its own features is ahead.",
        "이미지가 {training}장일 때는 특징을 스스로 찾은 신경망이 앞선다.",
    ),
    "picture.strokes": ("what the hand features see", "사람이 만든 특징이 보는 것"),
    "picture.rules": ("rules by hand", "사람이 쓴 규칙"),
    "picture.pixels": ("pixels\n+ linear SVM", "픽셀\n+ 선형 SVM"),
    "picture.features": ("features by hand\n+ linear SVM", "사람이 만든 특징\n+ 선형 SVM"),
    "picture.network": ("network\nfrom pixels", "픽셀부터 배운\n신경망"),
    "picture.training": ("{training} training images", "학습 이미지 {training}장"),
    "picture.none": ("nothing learned", "학습하지 않음"),
    "picture.accuracy": ("right answers (%)", "정확도 (%)"),
    "claim.machine-finds-features.says": (
        "In end-to-end learning the machine takes over finding features and rules.",
        "종단간 학습에서는 특징과 규칙을 찾는 일을 기계가 맡는다.",
    ),
    "claim.machine-finds-features.found": (
        "Rules by hand {rules:.1%}, SVM on pixels {pixels_many:.1%}, on features by hand {features_many:.1%}, network "
        "{network_many:.1%}.",
        "사람이 쓴 규칙 {rules:.1%}, 픽셀에 SVM {pixels_many:.1%}, 사람이 만든 특징에 SVM {features_many:.1%}, 신경망 "
        "{network_many:.1%}.",
    ),
}
