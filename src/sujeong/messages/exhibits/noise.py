"""The texts of the exhibit `noise`."""

TEXTS = {
    "title": (
        "Noise, depth and classical regression; garbage in, garbage out",
        "잡음, 깊이, 고전 회귀, 그리고 쓰레기를 넣으면 쓰레기가 나온다",
    ),
    "data": (
        "{n} points of a curved function of five numbers (five more do nothing). Error 1 is what always telling the "
        "mean gives; it is measured on new, clean points.",
        "수 다섯 개에 따라 휘는 함수에서 점 {n}개를 얻는다(나머지 수 다섯 개는 아무 상관이 없다). 늘 평균만 답할 때의 "
        "오차를 1로 놓고, 잡음이 없는 새 점에서 잰다.",
    ),
    "clean": (
        "Without noise, error by number of hidden layers: {scores}; linear regression {linear_clean:.2f}, kernel "
        "regression {kernel_clean:.2f}.",
        "잡음이 없을 때 은닉층 수에 따른 오차: {scores}. 선형 회귀는 {linear_clean:.2f}, 커널 회귀는 "
        "{kernel_clean:.2f}이다.",
    ),
    "reached": (
        "Hidden layers: {depth}. Without noise the training error falls below {goal} in {passes} passes.",
        "은닉층 {depth}개: 잡음이 없을 때 훈련 오차가 {passes}에폭 만에 {goal} 아래로 내려간다.",
    ),
    "never": (
        "Hidden layers: {depth}. Without noise the training error stays above {goal} for all {passes} passes.",
        "은닉층 {depth}개: 잡음이 없을 때 훈련 오차가 {passes}에폭 내내 {goal} 위에 머문다.",
    ),
    "noisy": (
        "With noise as large as the signal: {few} hidden layer {shallow_noisy:.2f}, {many} hidden layers "
        "{deep_noisy:.2f}, linear {linear_noisy:.2f}, kernel {kernel_noisy:.2f}.",
        "잡음이 신호만큼 클 때: 은닉층 {few}개 {shallow_noisy:.2f}, {many}개 {deep_noisy:.2f}, 선형 회귀 "
        "{linear_noisy:.2f}, 커널 회귀 {kernel_noisy:.2f}.",
    ),
    "garbage": (
        "With every answer swapped for another point's: {few} hidden layer {shallow:.2f}, {many} hidden layers "
        "{deep:.2f}. Averaging cancels noise; it cannot bring back what the data do not hold.",
        "정답을 모조리 다른 점의 것과 바꾸면: 은닉층 {few}개 {shallow:.2f}, {many}개 {deep:.2f}. 잡음은 평균을 내면 "
        "줄어들지만, 데이터에 없는 것은 되살릴 수 없다.",
    ),
    "picture.network": ("{depth} hidden", "은닉층 {depth}개"),
    "picture.linear": ("linear", "선형 회귀"),
    "picture.kernel": ("kernel", "커널 회귀"),
    "picture.noise": ("noise / signal", "잡음 / 신호"),
    "picture.epoch": ("epoch, no noise", "에폭(잡음 없음)"),
    "picture.garbage": ("share of swapped answers", "뒤바뀐 정답의 비율"),
    "picture.error": ("error on clean new points", "깨끗한 새 점에서의 오차"),
    "picture.training": ("training error", "훈련 오차"),
    "picture.course": ("convergence", "수렴"),
    "picture.by_noise": ("noise", "잡음"),
    "picture.by_garbage": ("garbage", "쓰레기"),
    "claim.layers.says": (
        "On clean data the result does not depend on the number of layers.",
        "깨끗한 데이터에서는 층의 수와 상관없이 같은 값에 수렴한다.",
    ),
    "claim.layers.found": (
        "Errors of networks of 1 to 8 hidden layers on clean data: from {network_clean:.3f} to {network_worst_clean:.3f}.",
        "깨끗한 데이터에서 은닉층 1~8개 신경망의 오차: {network_clean:.3f}부터 {network_worst_clean:.3f}까지.",
    ),
    "claim.regression.says": (
        "On clean data networks do not predict better than usual regression.",
        "깨끗한 데이터에서 신경망의 예측력은 통상의 회귀보다 낫지 않다.",
    ),
    "claim.regression.found": (
        "Error on clean data: best network {network_clean:.3f}, linear regression {linear_clean:.3f}, kernel regression {kernel_clean:.3f}.",
        "깨끗한 데이터에서의 오차: 가장 나은 신경망 {network_clean:.3f}, 선형 회귀 {linear_clean:.3f}, 커널 회귀 {kernel_clean:.3f}.",
    ),
    "claim.convergence.says": (
        "More hidden layers converge in fewer passes.",
        "은닉층이 많으면 적은 횟수로 빠르게 수렴한다.",
    ),
    "claim.convergence.found": (
        "Passes until the training error is below 0.2: {passes_shallow:.1f} with one hidden layer, {passes_deep:.1f} with eight.",
        "훈련 오차가 0.2 아래로 내려갈 때까지의 에폭: 은닉층 하나 {passes_shallow:.1f}, 여덟 개 {passes_deep:.1f}.",
    ),
    "claim.filter.says": (
        "With many hidden layers noise hardly matters.",
        "은닉층이 많으면 잡음의 영향을 거의 받지 않는다.",
    ),
    "claim.filter.found": (
        "Error without noise and with noise as large as the signal: eight hidden layers {deep_clean:.2f} and "
        "{deep_noisy:.2f}, one {shallow_clean:.2f} and {shallow_noisy:.2f}.",
        "잡음이 없을 때와 신호만큼 클 때의 오차: 은닉층 여덟 개 {deep_clean:.2f}, {deep_noisy:.2f}. 하나 "
        "{shallow_clean:.2f}, {shallow_noisy:.2f}.",
    ),
    "claim.garbage.says": (
        "Garbage in, garbage out, however many layers there are.",
        "층이 아무리 많아도 나쁜 데이터에서는 나쁜 결과가 나온다.",
    ),
    "claim.garbage.found": (
        "With all answers swapped the error of eight layers goes from {deep_clean:.2f} to {deep_garbage:.2f}; the best of "
        "all models has {least_garbage:.2f} (1 is the mean).",
        "여덟 층의 오차는 {deep_clean:.2f}이고, 정답을 모두 뒤바꾸면 {deep_garbage:.2f}이다. 뒤바꾸었을 때 모든 모델 가운데 가장 나은 것이 "
        "{least_garbage:.2f}이다(평균만 답하면 1).",
    ),
}
