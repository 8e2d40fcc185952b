"""The texts of the exhibit `tensors`."""

TEXTS = {
    "title": ("Tensors: boxes of numbers whose axes mean something", "텐서: 축마다 뜻이 있는 숫자 상자"),
    "elementwise": (
        "Elementwise, a + b = {sum} and a × 100 = {hundredfold}.",
        "원소별 연산: a + b = {sum}, a × 100 = {hundredfold}.",
    ),
    "broadcasting": (
        "Broadcasting: [1, 2, 3] is added to both rows, {rows}. Nothing is copied for it; the small tensor "
        "moves on by {stride} elements for the next row, that is, it is read again.",
        "브로드캐스팅: [1, 2, 3]이 두 행에 똑같이 더해진다. {rows}. 실제로 복사하지는 않는다. 다음 행으로 넘어갈 때 "
        "작은 텐서 안에서는 {stride}칸 움직인다. 곧 같은 원소를 다시 읽는다.",
    ),
    "dot": (
        "Dot product of (2, 3) and (3, 4): {rows}. Each element is a row of the first times a column of the "
        "second, here 1·10 + 1·50 + 1·90 for the first one.",
        "(2, 3)과 (3, 4)의 점곱: {rows}. 앞 텐서의 한 행과 뒤 텐서의 한 열을 곱해 더한 값이 원소 하나가 된다. 첫 "
        "원소는 1·10 + 1·50 + 1·90이다.",
    ),
    "reshape": (
        "Reshaped from (3, 4) to (2, 6): {rows}; the same elements in the same order.",
        "(3, 4)를 (2, 6)으로 바꾸면 {rows}. 원소도, 그 순서도 그대로다.",
    ),
    "vectors.iris": (
        "Vectors, four lengths of iris flowers in cm: {axes}.",
        "벡터 데이터, 붓꽃마다 잰 길이 네 가지(cm): {axes}.",
    ),
    "vectors.digits": (
        "Vectors, digits as rows of pixels: {axes}.",
        "벡터 데이터, 픽셀을 한 줄로 편 숫자 그림: {axes}.",
    ),
    "series.bike_sharing": (
        "Time series, days of temperature, humidity and bicycles lent: {axes}.",
        "시계열, 하루 동안의 기온·습도·자전거 대여량: {axes}.",
    ),
    "series.digits": (
        "Time series, digits of the data set digits read from top to bottom, a row of pixels a timestep: {axes}.",
        "시계열, digits의 숫자 그림을 위에서 아래로 한 줄씩 읽은 것: {axes}.",
    ),
    "images": (
        "Images, {data}: {axes}; with channels first {first}.",
        "이미지({data}): {axes}. 채널을 앞에 두면 {first}.",
    ),
    "videos": (
        "Videos, real digits that fly and bounce (made here): {axes}; with channels first {first}.",
        "동영상, 진짜 손글씨 숫자가 날아다니며 튕기는 장면(여기서 만든 것): {axes}. 채널을 앞에 두면 {first}.",
    ),
    "strides": (
        "Changing the layout moves no number in memory. Only the strides change: {last}, then {first}.",
        "축의 순서를 바꾸어도 메모리의 숫자는 움직이지 않는다. 보폭만 바뀐다: {last} → {first}.",
    ),
    "scrambled": (
        "That is what permute_dims does. A reshape to the same shape keeps the elements in line instead, and puts "
        "another value into {share:.0%} of the pixels: the scrambled frame of the picture, upper right.",
        "이 일을 하는 함수가 permute_dims이다. reshape로 형상만 맞추면 원소가 늘어선 순서는 그대로여서 픽셀의 {share:.0%}가 "
        "다른 값이 된다. 그림 오른쪽 위의 뒤섞인 프레임이 그것이다.",
    ),
    "picture.vectors.iris": ("vectors (cm)", "벡터 데이터 (cm)"),
    "picture.vectors.digits": ("vectors", "벡터 데이터"),
    "picture.series": ("time series", "시계열"),
    "picture.images": ("images", "이미지"),
    "picture.wrong": ("frame 0 after reshape", "reshape한 프레임 0"),
    "picture.frame": ("video, frame {t}", "동영상, 프레임 {t}"),
    "picture.samples": ("samples", "표본"),
    "picture.features": ("features", "특성"),
    "picture.timestep": ("timesteps", "시점"),
    "picture.height": ("height", "높이"),
    "picture.width": ("width", "너비"),
    "picture.share": ("% of its maximum", "최댓값 대비 (%)"),
    "picture.bike_sharing.0": ("temperature, up to {most:.0f} °C", "기온, 최고 {most:.0f} °C"),
    "picture.bike_sharing.1": ("humidity, up to {most:.0f} %", "습도, 최고 {most:.0f} %"),
    "picture.bike_sharing.2": ("bicycles lent, up to {most:.0f}", "자전거 대여, 최대 {most:.0f}대"),
    "picture.digits.2": ("pixel 2, up to {most:.1f}", "2번 픽셀, 최대 {most:.1f}"),
    "picture.digits.3": ("pixel 3, up to {most:.1f}", "3번 픽셀, 최대 {most:.1f}"),
    "picture.digits.4": ("pixel 4, up to {most:.1f}", "4번 픽셀, 최대 {most:.1f}"),
    "claim.stretched.says": (
        "In an operation the smaller tensor is brought to the size of the larger one.",
        "연산할 때 작은 텐서가 큰 텐서의 크기에 맞추어진다.",
    ),
    "claim.stretched.found": (
        "The result differs by {stretch_error:g} from that of a tensor really repeated; the stride of the repeated "
        "axis is {stretch_stride:g} (0: nothing is copied).",
        "실제로 반복해 키운 텐서로 계산한 값과의 차이는 {stretch_error:g}이다. 반복되는 축의 보폭은 "
        "{stretch_stride:g}이다(0이면 복사 없이 같은 원소를 다시 읽는다).",
    ),
    "claim.video.says": (
        "Up to four axes are usual; videos take five.",
        "보통은 4차원까지, 동영상에는 5차원 텐서를 쓴다.",
    ),
    "claim.video.found": (
        "Axes: vectors {vectors_rank:g}, time series {series_rank:g}, images {images_rank:g}, videos "
        "{videos_rank:g}.",
        "축의 수: 벡터 {vectors_rank:g}, 시계열 {series_rank:g}, 이미지 {images_rank:g}, 동영상 {videos_rank:g}.",
    ),
}
