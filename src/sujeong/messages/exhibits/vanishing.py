"""The texts of the exhibit `vanishing`."""

NAMES = {
    "none": ("nothing", "대책 없음"),
    "xavier": ("Xavier start", "Xavier 초기화"),
    "he": ("He start", "He 초기화"),
    "pretraining": ("pre-training", "사전학습"),
    "dropout": ("dropout 0.2", "드롭아웃 0.2"),
    "shared": ("shared weights", "가중치 공유"),
    "batch_norm": ("batch norm", "배치 정규화"),
    "relu": ("ReLU", "ReLU"),
    "leaky_relu": ("leaky ReLU", "리키 ReLU"),
    "prelu": ("PReLU", "PReLU"),
    "elu": ("ELU", "ELU"),
    "sine": ("sine", "사인"),
    "add": ("skip by add", "건너뛰기: 덧셈"),
    "concat": ("skip by concat", "건너뛰기: 이어 붙이기"),
    "together": ("He+ReLU+batch norm", "He+ReLU+배치 정규화"),
}

TEXTS = {
    "title": (
        "The vanishing gradient, and every remedy in one table",
        "기울기 소멸, 그리고 해결책을 한 표에",
    ),
    "power": (
        "0.9 multiplied by itself: {power_10:.2f} after 10 times, {power_50:.4f} after 50, {power_100:.6f} after 100.",
        "0.9를 계속 곱하면 열 번에 {power_10:.2f}, 쉰 번에 {power_50:.4f}, 백 번에 {power_100:.6f}이다.",
    ),
    "none": (
        "In a network of {depth} sigmoid layers the gradient's length is {last:.1e} at the last hidden layer and "
        "{first:.1e} at the first: times {factor:.2f} at every layer.",
        "시그모이드 층 {depth}개를 쌓은 신경망에서 기울기의 크기는 마지막 은닉층에서 {last:.1e}, 첫 은닉층에서 "
        "{first:.1e}이다. 층을 하나 지날 때마다 {factor:.2f}배가 된다.",
    ),
    "table": (
        "One remedy at a time, {n} images of {data}: the share of the gradient of layer {depth} that arrives at "
        "layer 1 before training, and the test accuracy after {epochs} epochs.",
        "해결책을 하나씩 써 본다({data} {n}장). 학습 전 {depth}층의 기울기 가운데 1층까지 닿는 비율과 {epochs}에폭 "
        "뒤의 시험 정확도이다.",
    ),
    "picture.power": ("times 0.9 a layer", "층마다 0.9배"),
    "picture.layer": ("hidden layer", "은닉층"),
    "picture.norm": ("length of the gradient, before training", "학습 전 기울기의 크기"),
    "picture.kept": ("gradient: layer 1 / layer {depth}", "기울기: 1층 / {depth}층"),
    "picture.accuracy": ("test accuracy, {epochs} epochs", "시험 정확도, {epochs}에폭"),
    "claim.sigmoid.says": (
        "In deep networks the sigmoid makes the gradient vanish.",
        "깊은 신경망에서 시그모이드는 기울기 소멸을 부추긴다.",
    ),
    "claim.sigmoid.found": (
        "Share of the gradient that reaches layer 1: sigmoid {none_kept:.1e}, ReLU from the same weights {relu_kept:.1e}.",
        "1층까지 닿는 기울기의 비율: 시그모이드 {none_kept:.1e}, 같은 가중치에서 ReLU {relu_kept:.1e}.",
    ),
    "claim.dropout.says": (
        "Dropout is a remedy for the vanishing gradient.",
        "드롭아웃은 기울기 소멸의 해결책이다.",
    ),
    "claim.dropout.found": (
        "Share that reaches layer 1: {none_kept:.1e} without, {dropout_kept:.1e} with dropout, where training "
        "ends at {dropout_accuracy:.0%}.",
        "1층까지 닿는 비율은 드롭아웃이 없을 때 {none_kept:.1e}, 있을 때 {dropout_kept:.1e}이고, 있을 때 정확도는 "
        "{dropout_accuracy:.0%}이다.",
    ),
    "claim.add.says": (
        "A skip by addition lets the gradient flow as it is.",
        "덧셈으로 건너뛰면 기울기가 그대로 흐른다.",
    ),
    "claim.add.found": (
        "Share that reaches layer 1: {none_kept:.1e} without, {add_kept:.2f} with the addition; accuracy then {add_accuracy:.0%}.",
        "1층까지 닿는 비율은 덧셈이 없을 때 {none_kept:.1e}, 있을 때 {add_kept:.2f}이고, 이때 정확도는 {add_accuracy:.0%}이다.",
    ),
}
for _name, (_english, _korean) in NAMES.items():
    TEXTS[f"name.{_name}"] = _english, _korean
    TEXTS[f"row.{_name}"] = (
        f"  {_english}: gradient {{kept:.1e}}, accuracy {{accuracy:.0%}}",
        f"  {_korean}: 기울기 {{kept:.1e}}, 정확도 {{accuracy:.0%}}",
    )
