"""The texts of the exhibit `line`."""

TEXTS = {
    "title": ("A line that moves to its points", "점들에게 다가가는 직선"),
    "found": (
        "From {pairs} noisy pairs of {line}, gradient descent finds a = {a:.3f}, b = {b:.3f} in "
        "{steps} steps.",
        "직선 {line}에 잡음을 섞은 {pairs}쌍에서 경사하강법은 {steps}걸음 만에 a = {a:.3f}, b = {b:.3f}에 "
        "이른다.",
    ),
    "best": (
        "The error falls from {first_error:.3f} to {last_error:.4f}; the best line of these pairs, a = {best_a:.3f}, b = "
        "{best_b:.3f}, has {best_error:.4f}.",
        "오차는 {first_error:.3f}에서 {last_error:.4f}까지 줄었다. 이 점들에 가장 잘 맞는 직선은 a = {best_a:.3f}, b = "
        "{best_b:.3f}이고 오차는 {best_error:.4f}이다.",
    ),
    "pairs": (
        "With {counts} pairs the best a is off the true one by {spreads} (root mean square over many draws).",
        "쌍이 {counts}개일 때, 가장 잘 맞는 a와 참값의 차이는 각각 {spreads}이다(여러 번 뽑아 구한 제곱평균제곱근).",
    ),
    "several": (
        "Several independent variables: how far diabetes goes in a year, for new patients. The body-mass index alone "
        "explains {one:.0%} of the variance, all ten figures {ten:.0%} ({patients} patients to learn from).",
        "독립 변수가 여럿일 때: 새 환자의 당뇨병이 한 해 동안 얼마나 진행될지를 예측한다. 체질량 지수 하나로는 분산의 "
        "{one:.0%}, 열 가지 수치로는 {ten:.0%}가 설명된다(학습에 쓴 환자 {patients}명).",
    ),
    "weights": (
        "The ten weights found by descent differ from those of least squares by at most {error:.2g}; the largest is "
        "{largest:.1f}.",
        "경사하강법으로 찾은 가중치 열 개와 최소제곱 해의 차이는 커야 {error:.2g}이다. 가장 큰 가중치는 {largest:.1f}이다.",
    ),
    "picture.line": ("step {step}: {line}", "{step}걸음: {line}"),
    "picture.error": (
        "error of every line (a, b): now {error:.3f}",
        "직선 (a, b)마다의 오차: 지금 {error:.3f}",
    ),
    "picture.best": ("least squares", "최소제곱"),
    "picture.descent": ("gradient descent", "경사하강법"),
    "picture.weights": ("weights of ten variables", "독립 변수 열 개의 가중치"),
    "picture.unit": ("score per standard deviation", "표준편차 하나당 점수"),
    "picture.age": ("age", "나이"),
    "picture.sex": ("sex", "성별"),
    "picture.bmi": ("body mass", "체질량 지수"),
    "picture.pressure": ("blood pressure", "혈압"),
    "picture.tc": ("cholesterol", "콜레스테롤"),
    "picture.ldl": ("LDL", "LDL 수치"),
    "picture.hdl": ("HDL", "HDL 수치"),
    "picture.tch": ("total / HDL", "콜레스테롤/HDL"),
    "picture.ltg": ("triglycerides", "중성지방"),
    "picture.glucose": ("glucose", "혈당"),
    "claim.best.says": (
        "Regression finds the a and b that fit many pairs of x and y best.",
        "회귀는 많은 x, y 쌍을 가장 잘 나타내는 a와 b를 찾는 일이다.",
    ),
    "claim.best.found": (
        "Gradient descent comes to an error of {last_error:.4f}; the least possible is {best_error:.4f}.",
        "경사하강법의 오차는 {last_error:.4f}이고, 가능한 가장 작은 오차는 {best_error:.4f}이다.",
    ),
    "claim.many.says": (
        "a and b are found from a great many pairs: the more of them, the better.",
        "a, b는 아주 많은 x, y 쌍에서 찾는다. 많을수록 참값에 가깝다.",
    ),
    "claim.many.found": (
        "The slope is off by {spread_10:.3f} with 10 pairs, {spread_100:.3f} with 100, {spread_1000:.3f} with 1000.",
        "기울기 a는 10쌍이면 {spread_10:.3f}, 100쌍이면 {spread_100:.3f}, 1000쌍이면 {spread_1000:.3f}만큼 빗나간다.",
    ),
}
