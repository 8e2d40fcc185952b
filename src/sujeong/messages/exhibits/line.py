"""The texts of the exhibit `line`."""

TEXTS = {
    "title": ("A line that moves to its points", "점들에게 다가가는 직선"),
    "found": (
        "From {pairs} noisy pairs of y = {true_a:g}x {true_b:+g}, gradient descent finds a = {a:.3f}, b = {b:.3f} in "
        "{steps} steps.",
        "y = {true_a:g}x {true_b:+g}에 잡음을 섞은 {pairs}쌍에서 경사하강법은 {steps}걸음 만에 a = {a:.3f}, b = {b:.3f}에 "
        "이른다.",
    ),
    "best": (
        "The error falls from {first_error:.3f} to {last_error:.4f}; the best line of these pairs, a = {best_a:.3f}, b = "
        "{best_b:.3f}, has {best_error:.4f}.",
        "오차는 {first_error:.3f}에서 {last_error:.4f}까지 줄었다. 이 점들에 가장 잘 맞는 직선은 a = {best_a:.3f}, b = "
        "{best_b:.3f}이고 오차는 {best_error:.4f}이다.",
    ),
    "pairs": (
        "The best a of {counts} pairs is off the true one by {spreads} (root mean square over many draws).",
        "쌍이 {counts}개일 때, 가장 잘 맞는 a와 참값의 차이는 각각 {spreads}이다(여러 번 뽑아 구한 제곱평균제곱근).",
    ),
    "several": (
        "Several independent variables: from the body-mass index alone {one:.0%} of the variance of how far diabetes "
        "went is foretold for new patients, from all ten figures {ten:.0%} ({patients} patients to learn from).",
        "독립 변수가 여럿일 때: 당뇨병이 얼마나 진행되었는지를 체질량 지수 하나로 예측하면 새 환자들에게서 분산의 "
        "{one:.0%}, 열 가지 수치로 예측하면 {ten:.0%}가 설명된다(학습에 쓴 환자 {patients}명).",
    ),
    "weights": (
        "The ten weights found by descent differ from those of least squares by at most {error:.2g}; the largest is "
        "{largest:.1f}.",
        "경사하강법으로 찾은 가중치 열 개와 최소제곱 해의 차이는 커야 {error:.2g}이다. 가장 큰 가중치는 {largest:.1f}이다.",
    ),
    "picture.line": ("step {step}: y = {a:.2f}x {b:+.2f}", "{step}걸음: y = {a:.2f}x {b:+.2f}"),
    "picture.error": ("error {error:.3f}", "오차 {error:.3f}"),
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
        "It takes a great many pairs.",
        "x, y 쌍은 아주 많아야 한다.",
    ),
    "claim.many.found": (
        "The slope is off by {spread_10:.3f} with 10 pairs, {spread_100:.3f} with 100, {spread_1000:.3f} with 1000.",
        "기울기 a는 10쌍이면 {spread_10:.3f}, 100쌍이면 {spread_100:.3f}, 1000쌍이면 {spread_1000:.3f}만큼 빗나간다.",
    ),
}
