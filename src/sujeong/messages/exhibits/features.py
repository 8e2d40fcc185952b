"""The texts of the exhibit `features`."""

TEXTS = {
    "title": (
        "Features: spirals unfold until lines are enough",
        "특징: 나선이 펼쳐져 직선만으로 나뉠 때까지",
    ),
    "input": (
        "{n} points lie on three spiral arms. A linear probe, that is one linear layer, on their two coordinates "
        "tells the arm of {input:.0%} of new points.",
        "점 {n}개가 나선 팔 셋 위에 놓여 있다. 좌표 두 개에 선형 층 하나만 얹은 선형 탐침(linear probe)은 새 점의 {input:.0%}만 "
        "어느 팔인지 맞힌다.",
    ),
    "layers": (
        "After {epochs} passes, probes on the hidden layers 1 to 4 tell {layers}. Before training, layer 4 gave "
        "{start:.0%}.",
        "{epochs}에폭을 학습한 뒤 은닉층 1부터 4까지의 출력에 얹은 탐침은 차례로 {layers}를 맞힌다. 학습 전 "
        "4층의 값은 {start:.0%}였다.",
    ),
    "network": (
        "The network itself: {network:.1%} with {parameters} parameters. Its last layer is as linear as the probe; "
        "the bending is done before it.",
        "신경망 자체는 매개변수 {parameters}개로 {network:.1%}를 맞힌다. 마지막 층은 탐침과 똑같은 선형 층이다. "
        "휘는 일은 그 앞의 층들이 한다.",
    ),
    "kernel": (
        "RBF-kernel regression puts a bump around each of the {n} points and solves one linear system: "
        "{kernel:.1%} with {numbers} coefficients.",
        "RBF 커널 회귀는 점 {n}개마다 봉우리를 하나씩 세우고 연립방정식을 한 번 푼다. 계수 {numbers}개로 "
        "{kernel:.1%}를 맞힌다.",
    ),
    "same": (
        "Both carry the points to a space where a flat cut is enough. The kernel's map is fixed before it sees a "
        "label; the network's is learned.",
        "둘 다 점을 평평하게 자를 수 있는 공간으로 옮긴다. 커널의 사상은 정답을 보기 전에 정해져 있고, 신경망의 "
        "사상은 학습된다.",
    ),
    "picture.network": ("network after {epoch} epochs", "신경망, {epoch}에폭 뒤"),
    "picture.hidden": ("the same plane in hidden layer 4", "같은 평면을 은닉층 4에서 보면"),
    "picture.probes": ("linear probe, layer by layer", "층마다 얹은 선형 탐침"),
    "picture.kernel": ("RBF kernel regression: {kernel:.0%}", "RBF 커널 회귀: {kernel:.0%}"),
    "picture.input": ("input", "입력"),
    "picture.layer": ("hidden layer", "은닉층"),
    "picture.accuracy": ("test accuracy", "시험 정확도"),
    "picture.chance": ("by chance", "우연"),
    "claim.separable.says": (
        "A deep network learns a projection that makes data linear that were not.",
        "심층 신경망은 선형이 아니던 데이터를 선형으로 나뉘게 하는 사영을 배운다.",
    ),
    "claim.separable.found": (
        "Linear probe on the spirals: {probe_0:.0%} on the input, {probe_4:.0%} on the last hidden layer.",
        "나선에서 선형 탐침의 정확도: 입력 {probe_0:.0%}, 마지막 은닉층 {probe_4:.0%}.",
    ),
    "claim.gradual.says": (
        "Successive layers learn step by step more meaningful representations.",
        "층을 거듭할수록 점점 더 의미 있는 표현을 배운다.",
    ),
    "claim.gradual.found": (
        "Probe accuracy from the input to layer 4: {probe_0:.0%}, {probe_1:.0%}, {probe_2:.0%}, {probe_3:.0%}, {probe_4:.0%}.",
        "입력부터 4층까지 탐침의 정확도: {probe_0:.0%}, {probe_1:.0%}, {probe_2:.0%}, {probe_3:.0%}, {probe_4:.0%}.",
    ),
}
