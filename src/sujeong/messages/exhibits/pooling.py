"""The texts of the exhibit `pooling`."""

TEXTS = {
    "title": ("Pooling, and how it bears shifts", "풀링, 그리고 이미지를 옮겨도 버티는 힘"),
    "facts": (
        "A max pooling layer with a window of 3 has {parameters} parameters, makes {channels_out} channels of "
        "{channels_in}, and steps by {stride} unless told otherwise: 9 places become {places}.",
        "윈도우가 3인 최대 풀링 계층의 매개변수는 {parameters}개이다. 채널은 들어갈 때 {channels_in}개, 나올 때 {channels_out}개이다. "
        "스트라이드를 정하지 않으면 {stride}칸씩 움직여 9자리가 {places}자리로 준다.",
    ),
    "change": (
        "A shift by one pixel changes the feature map in front of the first max pooling by {before:.0%} of its size, the "
        "one behind it by {after:.0%}.",
        "이미지를 한 픽셀 옮기면 첫 최대 풀링 앞의 특징 맵은 제 크기의 {before:.0%}만큼, 풀링 뒤의 특징 맵은 {after:.0%}만큼 달라진다.",
    ),
    "data": (
        "Trained on {training} images of {data} as they stand, tested on {tested} that were moved up, down, left "
        "and right.",
        "{data} 이미지 {training}장으로 옮기지 않은 채 학습한 뒤, 위·아래·왼쪽·오른쪽으로 옮긴 {tested}장으로 시험한다.",
    ),
    "still": (
        "Accuracy without a shift: {none:.1%} without pooling, {max:.1%} with max, {average:.1%} with average "
        "pooling.",
        "옮기지 않았을 때의 정확도: 풀링 없이 {none:.1%}, 최대 풀링 {max:.1%}, 평균 풀링 {average:.1%}.",
    ),
    "moved": (
        "Mean over shifts of 1 to 4 pixels: {none:.1%} without pooling, {max:.1%} with max, {average:.1%} with "
        "average pooling.",
        "1~4픽셀을 옮겼을 때의 평균: 풀링 없이 {none:.1%}, 최대 풀링 {max:.1%}, 평균 풀링 {average:.1%}.",
    ),
    "picture.none": ("no pooling", "풀링 없음"),
    "picture.max": ("max pooling", "최대 풀링"),
    "picture.average": ("average pooling", "평균 풀링"),
    "picture.shift": ("shift (pixels)", "옮긴 거리 (픽셀)"),
    "picture.accuracy": ("right answers (%)", "정확도 (%)"),
    "claim.robust.says": (
        "Pooling makes a network bear changes of the input.",
        "풀링은 입력의 변화에 영향을 덜 받게 한다.",
    ),
    "claim.robust.found": (
        "On digits shifted by 1 to 4 pixels: {none_moved:.1%} without pooling, {max_moved:.1%} with max pooling, "
        "{average_moved:.1%} with average pooling.",
        "1~4픽셀 옮긴 숫자의 정확도: 풀링 없이 {none_moved:.1%}, 최대 풀링 {max_moved:.1%}, 평균 풀링 "
        "{average_moved:.1%}.",
    ),
    "claim.nothing-learned.says": (
        "A pooling layer has nothing to learn and leaves the number of channels as it is.",
        "풀링 계층에는 학습할 매개변수가 없고 채널 수도 그대로이다.",
    ),
    "claim.nothing-learned.found": (
        "{parameters:.0f} parameters; {channels_in:.0f} channels in, {channels_out:.0f} out.",
        "매개변수 {parameters:.0f}개, 입력 채널 {channels_in:.0f}개, 출력 채널 {channels_out:.0f}개.",
    ),
}
