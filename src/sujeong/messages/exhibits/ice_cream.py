"""The texts of the exhibit `ice-cream`."""

TEXTS = {
    "title": (
        "Ice cream: one line, branches by hand, a tree, a network, and a second year",
        "아이스크림: 직선 하나, 손으로 나눈 분기, 트리, 신경망, 그리고 이듬해",
    ),
    "days": (
        "{n} days of made-up sales: 100 at 28 degrees and 120 at 30, when it is dry; rain and humidity change both "
        "level and slope.",
        "지어낸 판매량 {n}일치: 맑고 건조하면 28도에 100개, 30도에 120개가 팔린다. 비와 습도에 따라 높이와 기울기가 "
        "모두 달라진다.",
    ),
    "lines": (
        "Mean error on new days: one line through temperature {line:.1f} ice creams, four lines for four cases known "
        "beforehand {branches:.1f}; chance alone makes {chance:.1f}.",
        "새로운 날의 평균 오차: 기온만 보는 직선 하나 {line:.1f}개, 네 경우를 미리 알고 그은 직선 넷 {branches:.1f}개. "
        "우연만으로도 {chance:.1f}개가 어긋난다.",
    ),
    "tree": (
        "A tree that gets temperature, rain and humidity only: {tree:.1f}, with {leaves} leaves; of its questions "
        "about humidity the nearest to the true border, {humid:.0f} %, is at {fork:.1f} %.",
        "기온, 비, 습도만 받은 트리: {tree:.1f}개, 잎 노드는 {leaves}개이다. 습도를 묻는 분기 가운데 실제 경계 "
        "{humid:.0f} %에 가장 가까운 것은 {fork:.1f} %이다.",
    ),
    "network": (
        "A network that gets the same: {network:.1f}. For a dry day it says {at_28:.0f} at 28 degrees and {at_30:.0f} "
        "at 30.",
        "같은 것을 받은 신경망: {network:.1f}개. 맑고 건조한 날 28도에는 {at_28:.0f}개, 30도에는 {at_30:.0f}개라고 답한다.",
    ),
    "bikes": (
        "The second year, with real data: bicycles lent a day in Washington, on average {first:.0f} in 2011 and "
        "{second:.0f} in 2012.",
        "이듬해는 실제 데이터로 본다. 워싱턴의 하루 자전거 대여는 2011년 평균 {first:.0f}대, 2012년 평균 {second:.0f}대이다.",
    ),
    "made": (
        "The second year, made up too (bike-sharing data were not used): sales double from its beginning to its end, on "
        "average {first:.0f} and {second:.0f} a day.",
        "이듬해도 지어낸 데이터이다(자전거 대여 데이터를 쓰지 않았다). 한 해 동안 판매량이 두 배로 늘고, 하루 평균은 "
        "첫해 {first:.0f}개, 이듬해 {second:.0f}개이다.",
    ),
    "years": (
        "The network of the first year misses the months of the second by {frozen:.0%} of demand; an equal one that "
        "learns each month after predicting it, by {learning:.0%}.",
        "첫해에 배운 신경망은 이듬해 달마다 수요의 {frozen:.0%}를 빗나간다. 똑같은 신경망이 달마다 예측한 뒤 그 달을 "
        "배워 나가면 {learning:.0%}를 빗나간다.",
    ),
    "picture.dry": ("no rain, dry", "비 없음, 건조"),
    "picture.humid": ("no rain, humid", "비 없음, 습함"),
    "picture.rain_dry": ("rain, dry", "비, 건조"),
    "picture.rain_humid": ("rain, humid", "비, 습함"),
    "picture.one_line": ("one line", "직선 하나"),
    "picture.lines": ("what the network found", "신경망이 찾아낸 네 경우"),
    "picture.temperature": ("temperature (°C)", "기온 (°C)"),
    "picture.sold": ("ice creams sold", "판매량 (개)"),
    "picture.line": ("one\nline", "직선\n하나"),
    "picture.branches": ("four\nby hand", "손으로\n넷"),
    "picture.tree": ("tree", "트리"),
    "picture.network": ("network", "신경망"),
    "picture.chance": ("chance alone", "우연의 몫"),
    "picture.error": ("mean error (ice creams)", "평균 오차(개)"),
    "picture.models": ("new days", "새로운 날"),
    "picture.frozen": ("learned the first year only", "첫해만 배움"),
    "picture.learning": ("goes on learning", "계속 배움"),
    "picture.month": ("month of the second year", "이듬해의 달"),
    "picture.percent": ("mean error (% of demand)", "평균 오차(수요의 %)"),
    "picture.bikes": ("bicycles lent, 2012", "2012년 자전거 대여"),
    "picture.made": ("demand that doubles", "두 배로 느는 수요"),
    "claim.branches.says": (
        "A network learns the branches (if it rains, if it is humid) that one line misses.",
        "직선 하나가 놓치는 분기(비가 올 때, 습도가 높을 때)를 신경망은 스스로 배운다.",
    ),
    "claim.branches.found": (
        "Mean error: one line {line_error:.1f}, four lines by hand {branches_error:.1f}, network {network_error:.1f}.",
        "평균 오차: 직선 하나 {line_error:.1f}, 손으로 나눈 직선 넷 {branches_error:.1f}, 신경망 {network_error:.1f}.",
    ),
    "claim.tree.says": (
        "If branching is all, deep learning differs little from a tree.",
        "분기만 놓고 보면 심층학습과 트리는 별로 다르지 않다.",
    ),
    "claim.tree.found": (
        "Mean error: tree {tree_error:.1f}, network {network_error:.1f}. The tree answers in steps where the truth is a slope.",
        "평균 오차: 트리 {tree_error:.1f}, 신경망 {network_error:.1f}. 실제로는 비탈인 곳에서 트리는 계단으로 답한다.",
    ),
    "claim.evolve.says": (
        "A network can go on learning from changing data and evolve.",
        "신경망은 변하는 데이터를 계속 배우며 예측 모델을 진화시킬 수 있다.",
    ),
    "claim.evolve.found": (
        "Mean error through the second year: {frozen_error:.0%} if it stops learning, {learning_error:.0%} if it goes on.",
        "이듬해의 평균 오차: 배우기를 멈추면 {frozen_error:.0%}, 계속 배우면 {learning_error:.0%}.",
    ),
}
