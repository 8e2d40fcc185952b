"""The texts of the exhibit `fully-convolutional`."""

TEXTS = {
    "title": (
        "Fully convolutional: one pass over a large image, and the class map",
        "완전 합성곱 신경망(FCN): 큰 이미지를 한 번에, 그리고 클래스 맵",
    ),
    "same": (
        "A sheet of {data} has {windows} windows in steps of 4 pixels, together {times_pixels:.0f} times its pixels. One "
        "pass with dense layers as convolutions against the loop over the windows: the answers, up to "
        "{largest_answer:.0f}, differ by {largest_error:.1e} at most.",
        "{data} 숫자를 늘어놓은 큰 이미지에는 4픽셀 간격의 윈도우가 {windows}개 있고, 픽셀을 다 합치면 원래의 {times_pixels:.0f}배이다. "
        "완전연결 계층을 합성곱으로 바꾸어 한 번에 계산한 답과 윈도우를 하나씩 계산한 답을 견주면, 가장 큰 차이는 "
        "{largest_error:.1e}이다(답의 크기는 {largest_answer:.0f}까지).",
    ),
    "time": (
        "Time: window by window {loop:.4f} s, all windows as one batch {batch:.4f} s, one pass {whole:.4f} s.",
        "시간: 윈도우 하나씩 {loop:.4f}초, 모든 윈도우를 한 배치로 {batch:.4f}초, 순전파 한 번으로 {whole:.4f}초.",
    ),
    "ratio": (
        "The loop takes {loop:.0f} times as long as the one pass, the batch {batch:.1f} times.",
        "한 번에 할 때와 견주면 하나씩 할 때는 {loop:.0f}배, 한 배치로 할 때는 {batch:.1f}배 걸린다.",
    ),
    "found": (
        "Of the {digits} windows that frame a digit exactly, {right:.0%} name it rightly.",
        "숫자에 꼭 맞는 윈도우 {digits}개에서는 답의 {right:.0%}가 맞다.",
    ),
    "map": (
        "Global average pooling: the mean of the class map is the answer (largest difference {error:.1e}). On an empty "
        "sheet four times as large, the map's peak lies within the digit's frame in {inside:.0%} of 100 images (accuracy "
        "of the network: {accuracy:.0%}).",
        "전역 평균 풀링: 클래스 맵의 평균이 곧 답이다(가장 큰 차이 {error:.1e}). 네 배 넓은 빈 이미지에 숫자를 하나 놓은 "
        "100장에서, 맵의 최댓값이 그 숫자의 자리에 있는 이미지는 {inside:.0%}이다(신경망의 정확도 {accuracy:.0%}).",
    ),
    "picture.sheet": (
        "one pass: a class for each window (dot: no digit)",
        "순전파 한 번: 윈도우마다의 클래스 (점: 숫자 아님)",
    ),
    "picture.map": ("class map: what speaks for {digit}", "클래스 맵: {digit}의 근거가 되는 곳"),
    "claim.same-function.says": (
        "A fully convolutional network replaces dense layers by convolutions that do the same.",
        "FCN은 완전연결 계층을 같은 기능을 하는 합성곱 계층으로 바꾼다.",
    ),
    "claim.same-function.found": (
        "Over {windows:.0f} windows the largest difference of an answer is {largest_error:.1e}.",
        "윈도우 {windows:.0f}개에서 답의 가장 큰 차이는 {largest_error:.1e}이다.",
    ),
    "claim.long-time.says": (
        "To classify each place by itself takes long; one forward pass is enough.",
        "자리마다 따로 추론하면 오래 걸리고, 순전파 한 번이면 충분하다.",
    ),
    "claim.long-time.found": (
        "The loop takes {ratio_seconds_loop:.0f} times as long as one pass, all windows in one batch "
        "{ratio_seconds_batch:.1f} times.",
        "순전파 한 번과 견주면 하나씩 할 때는 {ratio_seconds_loop:.0f}배, 모든 윈도우를 한 배치로 할 때는 {ratio_seconds_batch:.1f}배 걸린다.",
    ),
}
