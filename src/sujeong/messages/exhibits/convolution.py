"""The texts of the exhibit `convolution`."""

TEXTS = {
    "title": (
        "Convolution: stride, padding, channels, and im2col as a matrix product",
        "합성곱: 스트라이드, 패딩, 채널, 그리고 행렬 곱이 되는 im2col",
    ),
    "places": (
        "A window of 3 × 3 moves over 8 × 8 pixels. Places along one side with padding 0, 1, 2, for each stride: "
        "{values}. The formula (n + 2 pad - 3) // stride + 1 gives {right} of {settings} of them.",
        "3 × 3 윈도우가 8 × 8 픽셀 위를 움직인다. 패딩이 0, 1, 2일 때 한 변에 놓이는 자리의 수를 스트라이드별로 쓰면 {values}. "
        "공식 (n + 2·패딩 - 3) // 스트라이드 + 1이 {settings}가지 가운데 {right}가지를 맞힌다.",
    ),
    "padding": (
        "Padding can be any constant. A filter that takes the mean of an all-white image (1 everywhere) answers "
        "{zero:.2f} in the corner if the padding is 0, and {one:.2f} if it is 1: zeros darken the border.",
        "패딩은 어떤 값으로든 채울 수 있다. 모두 1인 흰 이미지에 평균 필터를 쓰면 모서리의 답은 패딩이 0일 때 {zero:.2f}, "
        "1일 때 {one:.2f}이다. 0으로 채우면 가장자리가 어두워진다.",
    ),
    "channels": (
        "A filter on a colour image has three channels too, and sums them up: one convolution equals the sum of "
        "three (largest difference {error:.1e}). Each filter makes one channel: {filters} filters, {out} channels.",
        "컬러 이미지에 쓰는 필터도 채널이 셋이고, 채널별 결과를 모두 더한다. 합성곱 한 번은 채널별 합성곱 세 번의 "
        "합과 같다(가장 큰 차이 {error:.1e}). 필터 하나가 출력 채널 하나를 만든다: 필터 {filters}개, 출력 채널 {out}개.",
    ),
    "im2col": (
        "im2col turned those images into a matrix of {rows} rows (windows) and {columns} columns (numbers under a "
        "window). Its product with the weights is the convolution (largest difference {error:.1e}); the price is "
        "{times:.1f} times the memory.",
        "im2col은 이 이미지들을 {rows}행(윈도우) {columns}열(윈도우 안의 수)의 행렬로 펼친다. 여기에 가중치를 행렬로 곱하면 그대로 "
        "합성곱이다(가장 큰 차이 {error:.1e}). 그 대신 메모리를 {times:.1f}배 쓴다.",
    ),
    "parameters": (
        "Four filters have {conv} parameters; a dense layer with as many outputs has {dense}.",
        "필터 네 개의 매개변수는 {conv}개이고, 출력 수가 같은 완전연결 계층의 매개변수는 {dense}개이다.",
    ),
    "picture.input": ("image, padding 1, stride 2", "이미지 (패딩 1, 스트라이드 2)"),
    "picture.filter": ("filter", "필터"),
    "picture.matrix": ("im2col: a row a window", "im2col: 윈도우마다 한 행"),
    "picture.sum": ("row {number} · filter = {value:.1f}", "{number}행 · 필터 = {value:.1f}"),
    "picture.output": ("output", "출력"),
    "claim.channels.says": (
        "The filter must have as many channels as the input.",
        "필터의 채널 수는 입력의 채널 수와 같아야 한다.",
    ),
    "claim.channels.found": (
        "A filter of two channels on an image of three is an error; with three on three, one convolution differs from "
        "the sum over the channels by {channel_error:.1e}.",
        "채널이 셋인 입력에 채널이 둘인 필터를 쓰면 오류가 난다. 채널 수가 같으면 결과와 채널별 합성곱의 합은 차이가 "
        "{channel_error:.1e}이다.",
    ),
    "claim.matrix.says": (
        "im2col turns image data into a two-dimensional matrix.",
        "im2col은 이미지 데이터를 2차원 행렬로 바꾼다.",
    ),
    "claim.matrix.found": (
        "The result has {rank:.0f} axes; its product with the weights differs from the convolution by "
        "{product_error:.1e}.",
        "결과의 축은 {rank:.0f}개이고, 여기에 가중치를 곱한 값과 합성곱의 차이는 {product_error:.1e}이다.",
    ),
}
