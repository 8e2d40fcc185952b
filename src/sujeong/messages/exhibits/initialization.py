"""The texts of the exhibit `initialization`."""

TEXTS = {
    "title": ("First values of the weights", "가중치의 초깃값"),
    "same.zeros": (
        "All weights zero at the start, {hidden} hidden units on {data}: after training the units are still "
        "copies, worth {units} of them; {accuracy:.0%} right.",
        "가중치를 모두 0에서 시작한 은닉 뉴런 {hidden}개({data}): 학습이 끝나도 뉴런들이 서로 베낀 듯 같아서 "
        "{units}개 몫밖에 하지 못한다. 정확도 {accuracy:.0%}.",
    ),
    "same.constant": (
        "All weights 0.1: worth {units} unit, {accuracy:.0%} right. Equal weights get equal gradients.",
        "모두 0.1에서 시작: {units}개 몫, 정확도 {accuracy:.0%}. 값이 같은 가중치는 기울기도 똑같이 받는다.",
    ),
    "same.xavier": (
        "Random weights: worth {units} units, {accuracy:.0%} right.",
        "무작위로 시작: {units}개 몫, 정확도 {accuracy:.0%}.",
    ),
    "case.sigmoid_wide": (
        "Sigmoid, std 1: {edge:.0%} of the fifth layer's values stick to 0 or 1. Yet the first layer's gradient "
        "is {flow:.2f} times the last one's: flat units pass little on, but the large weights make up for it.",
        "시그모이드, 표준편차 1: 다섯째 층 값의 {edge:.0%}가 0이나 1에 붙어 있다. 그런데 첫째 층의 기울기는 마지막 "
        "층의 {flow:.2f}배이다. 평평해진 뉴런이 기울기를 깎아도 큰 가중치가 도로 키운다.",
    ),
    "case.sigmoid_small": (
        "Sigmoid, std 0.01: the units of the fifth layer differ by {spread:.3f} only; many could be one. The "
        "first layer's gradient is {flow:.0e} of the last one's.",
        "시그모이드, 표준편차 0.01: 다섯째 층 뉴런들의 값 차이가 {spread:.3f}뿐이라 여럿을 둔 보람이 없다. 첫째 층의 "
        "기울기는 마지막 층의 {flow:.0e}배이다.",
    ),
    "case.sigmoid_xavier": (
        "Sigmoid, Xavier: {edge:.0%} at the edge, the units differ by {spread:.3f}; the first layer's gradient "
        "is {flow:.3f} of the last one's.",
        "시그모이드, Xavier: 양 끝에 붙은 값 {edge:.0%}, 뉴런 사이의 차이 {spread:.3f}. 첫째 층의 기울기는 마지막 층의 "
        "{flow:.3f}배이다.",
    ),
    "case.tanh_xavier": (
        "tanh, Xavier: {edge:.0%} at the edge, the units differ by {spread:.2f}; the first layer's gradient is "
        "{flow:.2f} times the last one's.",
        "tanh, Xavier: 양 끝에 붙은 값 {edge:.0%}, 뉴런 사이의 차이 {spread:.2f}. 첫째 층의 기울기는 마지막 층의 "
        "{flow:.2f}배이다.",
    ),
    "case.relu_xavier": (
        "ReLU, Xavier: the units differ by {first:.2f} in the first layer and by {spread:.2f} in the fifth. ReLU "
        "cuts off half, and the signal is the smaller the more layers it has passed.",
        "ReLU, Xavier: 뉴런 사이의 차이가 첫째 층에서는 {first:.2f}, 다섯째 층에서는 {spread:.2f}이다. ReLU가 절반을 "
        "잘라 내므로 층을 많이 지날수록 신호가 작아진다.",
    ),
    "case.relu_he": (
        "ReLU, He: {first:.2f} in the first layer, {spread:.2f} in the fifth. Twice the variance makes up for "
        "the half that is cut off.",
        "ReLU, He: 첫째 층에서 {first:.2f}, 다섯째 층에서 {spread:.2f}이다. 잘려 나간 절반을 두 배의 분산이 메운다.",
    ),
    "curves": (
        "Five layers with ReLU on {data}, {epochs} epochs: the loss is {small:.2f} with std 0.01, {xavier:.2f} "
        "with Xavier, {he:.2f} with He. (Knowing nothing is 2.30.)",
        "ReLU 다섯 층을 {data}로 {epochs}에폭 학습하면 손실은 표준편차 0.01에서 {small:.2f}, Xavier에서 {xavier:.2f}, "
        "He에서 {he:.2f}이다. (아무것도 모를 때의 손실이 2.30이다.)",
    ),
    "start.wide": ("std 1", "표준편차 1"),
    "start.small": ("std 0.01", "표준편차 0.01"),
    "activation": ("value after the activation", "활성화 값"),
    "layer": ("layer", "층"),
    "epoch": ("epoch", "에폭"),
    "picture.curves": ("training loss on {data}, ReLU", "훈련 손실 ({data}, ReLU)"),
    "claim.same.says": (
        "With weights that are all zero or all equal at the start a network does not learn properly.",
        "가중치를 0이나 같은 값에서 시작하면 신경망이 제대로 학습하지 못한다.",
    ),
    "claim.same.found": (
        "From zeros the hidden layer stays worth {zeros_units:.1f} unit and gets {zeros_accuracy:.0%} of the "
        "digits, from 0.1 {constant_accuracy:.0%}; from random weights {xavier_units:.1f} units and "
        "{xavier_accuracy:.0%}.",
        "0에서 시작한 은닉층은 끝까지 뉴런 {zeros_units:.1f}개 몫이고 정확도는 {zeros_accuracy:.0%}, 0.1에서 시작하면 "
        "{constant_accuracy:.0%}이다. 무작위로 시작하면 {xavier_units:.1f}개 몫에 {xavier_accuracy:.0%}이다.",
    ),
    "claim.vanishing.says": (
        "With std 1 and sigmoid the gradients vanish on their way back (tested: below 1 % in the first of five "
        "layers).",
        "시그모이드 층을 표준편차 1로 초기화하면 역전파에서 기울기가 사라진다(기준: 다섯 층 가운데 첫째 층에서 1 % 미만).",
    ),
    "claim.vanishing.found": (
        "{sigmoid_wide_edge:.0%} of the values stick to 0 or 1, but the first layer's gradient is "
        "{sigmoid_wide_flow:.2f} times the last one's, since the weights are large too; with Xavier it is "
        "{sigmoid_xavier_flow:.3f} times.",
        "값의 {sigmoid_wide_edge:.0%}가 0이나 1에 붙지만, 가중치도 크기 때문에 첫째 층의 기울기는 마지막 층의 "
        "{sigmoid_wide_flow:.2f}배이다. Xavier에서는 {sigmoid_xavier_flow:.3f}배이다.",
    ),
    "claim.alike.says": (
        "With std 0.01 many units give nearly the same value.",
        "표준편차 0.01로 초기화하면 많은 뉴런이 거의 같은 값을 낸다.",
    ),
    "claim.alike.found": (
        "The sigmoid units of the fifth layer differ by {sigmoid_small_spread:.3f}, with Xavier by "
        "{sigmoid_xavier_spread:.3f}.",
        "다섯째 층 시그모이드 뉴런의 값 차이(표준편차)는 {sigmoid_small_spread:.3f}, Xavier에서는 "
        "{sigmoid_xavier_spread:.3f}이다.",
    ),
    "claim.he.says": ("For ReLU, He's first values are good.", "ReLU에는 He 초깃값이 좋다."),
    "claim.he.found": (
        "The loss after training is {small_loss:.2f} with std 0.01, {xavier_loss:.2f} with Xavier, "
        "{he_loss:.2f} with He.",
        "학습 뒤의 손실은 표준편차 0.01에서 {small_loss:.2f}, Xavier에서 {xavier_loss:.2f}, He에서 {he_loss:.2f}이다.",
    ),
}
