"""The texts of the exhibit `cnn-filters`."""

TEXTS = {
    "title": (
        "Filters of a CNN before and after training, and what deeper layers answer to",
        "CNN의 필터: 학습 전과 후, 그리고 깊은 층이 반응하는 것",
    ),
    "trained": (
        "A network with three convolutions, trained on {training} images of {data}: {accuracy:.1%} right on new ones.",
        "합성곱 계층이 셋인 신경망을 {data} 이미지 {training}장으로 학습했다. 새 이미지에 대한 정확도는 {accuracy:.1%}이다.",
    ),
    "growth": (
        "The first filters started as faint noise; after training they have {growth:.0f} times their size. What came on "
        "top of the noise was learned.",
        "첫 층의 필터는 옅은 잡음에서 시작해 학습 뒤에 크기가 {growth:.0f}배가 되었다. 잡음 위에 더해진 무늬가 학습된 것이다.",
    ),
    "shares.before": (
        "Before training an edge explains {edge:.0%} of a filter's energy (sum of its squared weights), a blob {blob:.0%}, "
        "together {known:.0%} (chance: {chance:.0%} each).",
        "학습 전에는 필터 에너지(가중치의 제곱합)의 {edge:.0%}가 에지로, {blob:.0%}가 블롭으로 설명된다. 합쳐서 {known:.0%}이다"
        "(우연이라면 각각 {chance:.0%}).",
    ),
    "shares.after": (
        "After training: edge {edge:.0%}, blob {blob:.0%}, together {known:.0%} (chance: {chance:.0%} each).",
        "학습 뒤에는 에지 {edge:.0%}, 블롭 {blob:.0%}, 합쳐서 {known:.0%}이다(우연이라면 각각 {chance:.0%}).",
    ),
    "purity": (
        "Of the {top} images that a channel answers to most, the commonest digit makes up {p1:.0%} in layer 1, {p2:.0%} in "
        "layer 2, {p3:.0%} in layer 3; the commonest digit of all images makes up {chance:.0%}.",
        "채널마다 반응이 가장 큰 이미지 {top}장을 모으면, 그 가운데 가장 흔한 숫자가 1층에서 {p1:.0%}, 2층에서 {p2:.0%}, 3층에서 "
        "{p3:.0%}를 차지한다. 전체 이미지에서 가장 흔한 숫자의 몫은 {chance:.0%}이다.",
    ),
    "picture.before": (
        "first filters before training (orange −, purple +)",
        "첫 층의 필터: 학습 전 (주황 −, 보라 +)",
    ),
    "picture.after": ("after training", "학습 뒤"),
    "picture.layer": ("layer {layer} answers to", "{layer}층이 반응하는 모양"),
    "picture.purity": ("commonest digit (%)", "가장 흔한 숫자의 몫 (%)"),
    "picture.depth": ("layer (dashed: all images)", "층 (점선: 전체 이미지)"),
    "claim.edges-and-blobs.says": (
        "The first filters of a trained CNN look for edges and blobs.",
        "학습된 CNN의 첫 층 필터는 에지와 블롭을 본다.",
    ),
    "claim.edges-and-blobs.found": (
        "Share of a filter's energy, before and after training: edge {edge_before:.0%} and {edge_after:.0%}, blob "
        "{blob_before:.0%} and {blob_after:.0%}.",
        "필터 에너지 가운데 에지의 몫은 학습 전 {edge_before:.0%}, 학습 뒤 {edge_after:.0%}이고, 블롭의 몫은 {blob_before:.0%}, "
        "{blob_after:.0%}이다.",
    ),
    "claim.hierarchy.says": (
        "Deep layers pass on information as a hierarchy, from simple to particular.",
        "층이 깊어지면 정보를 단순한 것부터 계층적으로 전달한다.",
    ),
    "claim.hierarchy.found": (
        "Share of the commonest digit among the images that a channel answers to most: {purity_1:.0%} in layer 1, {purity_2:.0%} in "
        "layer 2, {purity_3:.0%} in layer 3.",
        "채널이 가장 크게 반응한 이미지 가운데 가장 흔한 숫자의 비율: 1층 {purity_1:.0%}, 2층 {purity_2:.0%}, 3층 "
        "{purity_3:.0%}.",
    ),
}
