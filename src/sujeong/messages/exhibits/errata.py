"""The texts of the errata."""

TEXTS = {
    "title": ("Slips in the notes, checked by running them", "노트의 실수, 돌려서 확인하다"),
    "lead": (
        "Everyone slips. What can be computed was computed, and `sujeong errata` does it again; for dates and names "
        "the paper is given.",
        "누구나 실수한다. 계산할 수 있는 것은 모두 계산해서 확인했고, `sujeong errata`로 다시 확인할 수 있다. 연도와 "
        "이름은 논문을 밝혔다.",
    ),
    "dot.says": (
        "The deck prints a matrix product that does not belong to its two matrices.",
        "강의 자료에 찍힌 행렬 곱은 그 두 행렬의 곱이 아니다.",
    ),
    "dot.found": ("Both rows are {row}.", "두 행 모두 {row}이다."),
    "thrice.says": (
        "Applying f(x) = cx three times is said to give c times 3x.",
        "f(x) = cx를 세 번 거치면 c에 3x를 곱한 것이 된다고 적혀 있다.",
    ),
    "thrice.found": (
        "It gives c³x: with c = {c:g} and x = {x:g} that is {thrice:g}, not {printed:g}. The point stands: it is "
        "one linear layer.",
        "실제로는 c³x이다. c = {c:g}, x = {x:g}이면 {thrice:g}이다(적힌 식으로는 {printed:g}). 선형 층 하나와 같다는 "
        "요지는 그대로 옳다.",
    ),
    "share.says": (
        "320 and 324 right out of 1000 are both called 32 %.",
        "1000개 가운데 320개를 맞힌 것과 324개를 맞힌 것을 모두 32%라고 한다.",
    ),
    "share.found": (
        "They are {first:.1%} and {second:.1%}. What is true is that accuracy moves in steps of 0.1 %, and "
        "between the steps its slope is zero.",
        "각각 {first:.1%}와 {second:.1%}이다. 정확도는 0.1%씩 계단처럼 변하고 계단 위에서는 기울기가 0이라는 점은 "
        "옳다.",
    ),
    "steepest.says": (
        "The gradient is said to show the direction of the lowest place.",
        "기울기가 가장 낮은 장소를 가리킨다고 적혀 있다.",
    ),
    "steepest.found": (
        "It shows the steepest way down from here. On x²/20 + y² at (-7, 2) that is {angle:.0f} degrees away from "
        "the direction of the lowest point.",
        "기울기는 지금 자리에서 가장 가파른 방향만 알려 준다. x²/20 + y²의 점 (-7, 2)에서 그 방향은 가장 낮은 점의 "
        "방향과 {angle:.0f}도나 어긋난다.",
    ),
    "batch-norm.says": (
        "Batch normalisation is said to bring values between -1 and 1.",
        "배치 정규화가 값을 -1에서 1 사이로 맞춘다고 적혀 있다.",
    ),
    "batch-norm.found": (
        "It brings the mean to 0 and the standard deviation to {std:.2f}; {outside:.0%} of the values lie outside of "
        "-1..1, the largest at {largest:.1f}.",
        "평균을 0으로, 표준편차를 1로 맞출 뿐이다(여기서는 {std:.2f}). 값의 {outside:.0%}가 -1과 1 사이를 벗어나고, 가장 큰 값은 "
        "{largest:.1f}이다.",
    ),
    "test-data.says": (
        "A model is said to be made with the test data and judged with the validation data.",
        "시험(test) 데이터로 모델을 만들고 검증 데이터로 평가한다고 적혀 있다.",
    ),
    "test-data.found": (
        "Training data make the model, validation data choose it, test data are used once. What is chosen on the "
        "data that judge it looks too good: the best of 500 blind guesses at coin tosses has {chosen:.0%} there, and "
        "{fresh:.0%} on fresh tosses.",
        "모델은 훈련 데이터로 만들고, 검증 데이터로 고르고, 시험 데이터는 마지막에 한 번만 쓴다. 평가할 데이터로 "
        "고르면 좋아 보일 수밖에 없다: 동전 던지기를 아무렇게나 맞힌 500가지 가운데 으뜸은 그 데이터에서 "
        "{chosen:.0%}이지만, 새 데이터에서는 {fresh:.0%}이다.",
    ),
    "squared-norm.says": (
        "Weights are said to move by the gradient divided by its squared norm.",
        "가중치를 기울기 나누기 기울기 크기의 제곱만큼 줄인다고 적혀 있다.",
    ),
    "squared-norm.found": (
        "Such a step grows as the gradient shrinks: on w² it is {far:g} at w = 1 and {near:g} at w = 0.001, and flies "
        "past the minimum. Gradient descent multiplies the gradient by a small rate.",
        "그러면 기울기가 작을수록 걸음이 커진다. w²에서 w = 1일 때는 {far:g}, w = 0.001일 때는 {near:g}만큼 움직여 "
        "최솟값을 지나쳐 버린다. 경사하강법은 기울기에 작은 학습률을 곱한다.",
    ),
    "sigmoid.says": (
        "The sigmoid is described as going to 0 as the error gets smaller.",
        "시그모이드를 오차가 작아질수록 0으로 수렴하는 함수라고 설명한다.",
    ),
    "sigmoid.found": (
        "It goes to 0 for very negative inputs and to 1 for very positive ones, whatever the error. What vanishes is "
        "its slope: at most {largest:.2f}, and {end:.4f} at x = -8.",
        "오차와 상관없이 입력이 아주 작으면 0, 아주 크면 1에 가까워진다. 사라지는 것은 그 기울기다: 아무리 커도 "
        "{largest:.2f}이고, x = -8에서는 {end:.4f}이다.",
    ),
    "applied.says": (
        "The activation function is said to be multiplied to the linear combination.",
        "선형 결합 뒤에 활성화 함수를 곱한다고 적혀 있다.",
    ),
    "applied.found": (
        "It is applied to it: relu({x:g}) = {applied:g}; multiplied to it, {x:g} would give {multiplied:g}.",
        "곱하는 것이 아니라 통과시킨다: relu({x:g}) = {applied:g}이고, 곱하면 {multiplied:g}이다.",
    ),
    "supervised.says": (
        "Deep learning is said to be supervised learning.",
        "심층학습은 지도학습이라고 적혀 있다.",
    ),
    "supervised.found": (
        "Not only. An autoencoder that never sees a label learns to redraw digits through 16 numbers: error "
        "{error:.4f}, against {mean:.4f} for the mean picture. The same notes later praise learning without labels.",
        "지도학습만은 아니다. 오토인코더는 레이블을 한 번도 보지 않고 숫자 16개만으로 그림을 다시 그리는 법을 "
        "배운다: 오차 {error:.4f}, 평균 그림은 {mean:.4f}이다. 같은 글 뒤에서는 레이블 없는 학습을 높이 평가한다.",
    ),
    "dqn.says": (
        "DQN is called the algorithm that made AlphaGo.",
        "DQN을 알파고를 만든 알고리즘이라고 한다.",
    ),
    "dqn.found": (
        "DQN (Mnih et al., 2013) learned Atari games by the value of actions. AlphaGo (Silver et al., Nature 529, 2016) "
        "joins a policy network, a value network and Monte Carlo tree search.",
        "DQN(Mnih 외, 2013)은 행동의 가치를 배워 아타리 게임을 했다. 알파고(Silver 외, Nature 529, 2016)는 정책 신경망, "
        "가치 신경망, 몬테카를로 트리 탐색을 합친 것이다.",
    ),
    "gan.says": ("GAN is dated 2015.", "GAN을 2015년의 것으로 적었다."),
    "gan.found": (
        "Goodfellow et al. published it in June 2014 (arXiv:1406.2661).",
        "Goodfellow 외가 2014년 6월에 발표했다(arXiv:1406.2661).",
    ),
    "dependent.says": (
        "A footnote calls the sales an independent variable.",
        "각주에서 판매량을 독립 변수라고 한다.",
    ),
    "dependent.found": (
        "The temperature is the independent variable; the sales, which are predicted from it, are the dependent one.",
        "온도가 독립 변수이고, 온도로 예측하는 판매량은 종속 변수이다.",
    ),
}
