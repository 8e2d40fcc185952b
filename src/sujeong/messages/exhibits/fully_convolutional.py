"""The texts of the exhibit `fully-convolutional`."""

TEXTS = {
    "title": (
        "Fully convolutional: one pass over a large image, and the class map",
        "완전 합성곱 신경망: 큰 이미지를 한 번에, 그리고 클래스 맵",
    ),
    "same": (
        "A sheet of {data} has {windows} windows in steps of 4 pixels, together {times_pixels:.0f} times its pixels. One "
        "pass with dense layers as convolutions gives the answers of the loop: largest difference {largest_error:.1e}, "
        "answers up to {largest_answer:.0f}.",
        "{data} 숫자를 늘어놓은 큰 이미지에는 4픽셀 간격의 윈도우가 {windows}개 있고, 픽셀을 다 합치면 원래의 {times_pixels:.0f}배이다. "
        "완전연결 계층을 합성곱으로 바꾸어 한 번에 계산해도 하나씩 계산한 답과 같다: 답은 {largest_answer:.0f}까지이고, 가장 큰 "
        "차이는 {largest_error:.1e}이다.",
    ),
    "time": (
        "Time: window by window {loop:.4f} s, all windows as one batch {batch:.4f} s, one pass {whole:.4f} s.",
        "시간: 윈도우 하나씩 {loop:.4f}초, 모든 윈도우를 한 배치로 {batch:.4f}초, 한 번의 순전파로 {whole:.4f}초.",
    ),
    "ratio": (
        "The loop takes {loop:.0f} times as long as the one pass, the batch {batch:.1f} times.",
        "하나씩 하면 한 번에 할 때보다 {loop:.0f}배, 배치로 해도 {batch:.1f}배 걸린다.",
    ),
    "found": (
        "The windows that frame the {digits} digits name {right:.0%} of them rightly.",
        "숫자 {digits}개에 딱 맞는 윈도우의 답은 {right:.0%}가 맞는다.",
    ),
    "map": (
        "Global average pooling: the mean of the class map is the answer (largest difference {error:.1e}). On an empty "
        "sheet four times as large, the map's peak lies within the digit's frame in {inside:.0%} of 100 images (accuracy "
        "of the network: {accuracy:.0%}).",
        "전역 평균 풀링: 클래스 맵의 평균이 곧 답이다(가장 큰 차이 {error:.1e}). 네 배 넓은 빈 이미지에 숫자를 하나 놓으면, 100장 "
        "가운데 {inside:.0%}에서 맵의 꼭대기가 그 숫자의 틀 안에 있다(신경망의 정확도 {accuracy:.0%}).",
    ),
    "picture.sheet": (
        "one pass: a class for each window (dot: none)",
        "한 번의 순전파: 윈도우마다 클래스 (점: 숫자 아님)",
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
        "하나씩 하면 한 번의 순전파보다 {ratio_seconds_loop:.0f}배, 모든 윈도우를 한 배치로 하면 {ratio_seconds_batch:.1f}배 걸린다.",
    ),
}
