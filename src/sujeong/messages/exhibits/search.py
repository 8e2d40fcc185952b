"""The texts of the exhibit `search`."""

TEXTS = {
    "title": ("Searching for hyper-parameters", "하이퍼파라미터 찾기"),
    "begin": (
        "Learning rate and L2 strength for a network on {data}: {learning} images to learn from, {judging} "
        "validation images to judge by, {testing} test images for the end. Each way to search gets {trials} "
        "trials; means over {searches} searches.",
        "신경망({data})의 학습률과 L2 규제의 세기를 찾는다. 훈련 {learning}장, 시도를 견주는 검증 "
        "{judging}장, 마지막에만 쓰는 시험 {testing}장. 방법마다 {trials}번씩 시도하고, {searches}번 되풀이하여 평균한다.",
    ),
    "grid": (
        "Grid over the exponents: tries {rates} different learning rates. Best on validation {best:.1%}, the "
        "chosen ones at test {test:.1%}.",
        "로그 눈금 격자: 서로 다른 학습률 {rates}가지. 검증 최고 {best:.1%}, 고른 것의 시험 정확도 {test:.1%}.",
    ),
    "linear": (
        "At random, all numbers equally likely: {rates} rates, most of them large. Validation {best:.1%}, test "
        "{test:.1%}.",
        "선형 눈금에서 무작위: 학습률 {rates}가지, 대부분 큰 값. 검증 {best:.1%}, 시험 {test:.1%}.",
    ),
    "random": (
        "At random, all exponents equally likely: {rates} rates. Validation {best:.1%}, test {test:.1%}.",
        "로그 눈금에서 무작위: 학습률 {rates}가지. 검증 {best:.1%}, 시험 {test:.1%}.",
    ),
    "narrowing": (
        "In three rounds, the ranges narrower each time: {rates} rates. Validation {best:.1%}, test {test:.1%}.",
        "세 차례에 걸쳐 범위를 좁히며: 학습률 {rates}가지. 검증 {best:.1%}, 시험 {test:.1%}.",
    ),
    "chosen": (
        "And if test images choose? 100 of them choose among {models} models: these get {flattered:.1%} of the "
        "100 right, but {honest:.1%} of the other test images.",
        "시험 데이터로 고르면 어떻게 될까? 시험 이미지 100장으로 모델 {models}개 가운데 하나를 고르면, 그 100장에서는 "
        "정확도가 {flattered:.1%}, 나머지 시험 이미지에서는 {honest:.1%}이다.",
    ),
    "rate": ("learning rate", "학습률"),
    "penalty": ("L2 strength $\\lambda$", "L2 세기 $\\lambda$"),
    "validation": ("validation accuracy", "검증 정확도"),
    "trial": ("trials", "시도 횟수"),
    "picture.grid": ("grid", "격자"),
    "picture.linear": ("random, linear scale", "무작위, 선형 눈금"),
    "picture.random": ("random, log scale", "무작위, 로그 눈금"),
    "picture.narrowing": ("narrowing", "범위 좁히기"),
    "picture.curve": ("best so far ({searches} searches)", "그때까지의 최고 ({searches}번 평균)"),
    "claim.random.says": (
        "Hyper-parameters are best drawn at random on a log scale (tested: better than a grid and than a linear "
        "scale, with as many trials).",
        "하이퍼파라미터는 로그 스케일에서 무작위로 뽑는 것이 좋다(기준: 같은 횟수로 격자와 선형 눈금보다 낫다).",
    ),
    "claim.random.found": (
        "Best validation accuracy of 16 trials: {random_best:.1%}; grid {grid_best:.1%}, linear scale "
        "{linear_best:.1%}.",
        "16번 시도의 최고 검증 정확도는 로그 무작위 {random_best:.1%}, 격자 {grid_best:.1%}, 선형 무작위 "
        "{linear_best:.1%}이다.",
    ),
    "claim.narrowing.says": (
        "It is effective to narrow the ranges little by little.",
        "범위를 조금씩 좁혀 가며 찾는 것이 효과적이다.",
    ),
    "claim.narrowing.found": (
        "Best validation accuracy of 16 trials: {narrowing_best:.1%} narrowing, {random_best:.1%} without.",
        "16번 시도의 최고 검증 정확도는 범위를 좁히면 {narrowing_best:.1%}, 좁히지 않으면 {random_best:.1%}이다.",
    ),
    "claim.test.says": (
        "If test data choose the hyper-parameters, the model overfits to the test data.",
        "시험 데이터로 하이퍼파라미터를 고르면 모델이 시험 데이터에 과적합된다.",
    ),
    "claim.test.found": (
        "The models that 100 test images choose get {flattered:.1%} of these right, {honest:.1%} of the other "
        "test images.",
        "시험 이미지 100장으로 고른 모델은 그 100장에서 {flattered:.1%}, 나머지 시험 이미지에서 {honest:.1%}의 정확도를 "
        "낸다.",
    ),
}
