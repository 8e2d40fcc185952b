"""The texts of the exhibit `geometry`."""

TEXTS = {
    "title": ("Tensor operations move the plane", "텐서 연산은 평면을 움직인다"),
    "rotation": (
        "Rotation by {degrees}°, a matrix product: every point stays as far from the middle as it was, to within "
        "{error:.0e}.",
        "행렬 곱으로 {degrees}° 회전해도 모든 점은 중심에서 떨어진 거리를 지킨다(오차 {error:.0e}).",
    ),
    "areas": (
        "Areas are multiplied by {scaling:.2f} in scaling, by {shear:.2f} in a shear, and by {affine:.2f} in the "
        "affine layer x W + b, whose |det W| is {determinant:.2f}; straight lines stay straight, parallels parallel.",
        "넓이는 크기 변환에서 {scaling:.2f}배, 층밀림(전단)에서 {shear:.2f}배, 아핀 층 x W + b에서 {affine:.2f}배가 "
        "된다. 이 층의 |det W|는 {determinant:.2f}이다. 직선은 직선으로, 평행선은 평행선으로 남는다.",
    ),
    "relu": (
        "ReLU is no matrix: it presses the plane into the quarter without negative numbers, each point to the "
        "nearest place there, and leaves {area:.0%} of the area.",
        "ReLU는 행렬로 쓸 수 없다. 평면을 제1사분면에 밀어 넣어, 점마다 그 안의 가장 가까운 자리로 보낸다. 남는 "
        "넓이는 {area:.0%}이다.",
    ),
    "chain": (
        "Layers of {hidden} ReLU units in a row fold the plane into flat pieces: with {depths} layers there are {few}, "
        "{more} and {most} of them.",
        "ReLU 뉴런 {hidden}개짜리 층을 잇대면 평면이 여러 번 접혀 평평한 조각으로 나뉜다. 층이 {depths}개일 때 차례로 {few}, "
        "{more}, {most}조각이다.",
    ),
    "picture": ("The picture on the plane is of {data}.", "평면에 놓인 그림은 {data}에서 가져왔다."),
    "picture.before": ("before", "변환 전"),
    "picture.rotation": ("rotation {degrees}°", "회전 {degrees}°"),
    "picture.scaling": ("scaling", "크기 변환"),
    "picture.shear": ("shear", "층밀림(전단)"),
    "picture.affine": ("affine layer", "아핀 층"),
    "picture.relu": ("ReLU", "ReLU만"),
    "picture.layer": ("affine, then ReLU", "아핀 층과 ReLU"),
    "picture.chain": ("{depth} layers in a row", "층 {depth}개를 이은 변환"),
    "claim.geometry.says": (
        "All tensor operations are geometric transformations of their input.",
        "모든 텐서 연산은 입력을 기하학적으로 변환한 것이다.",
    ),
    "claim.geometry.found": (
        "Rotation, scaling, shear, affine layer and ReLU beside what geometry says of them: lengths differ by "
        "{length_error:.0e}, areas by {area_error:.0e}, parallels by {parallel_error:.0e}, nearest places by "
        "{fold_error:.0e}.",
        "회전, 크기 변환, 층밀림, 아핀 층, ReLU를 기하학의 예측과 견준 오차: 길이 {length_error:.0e}, 넓이 "
        "{area_error:.0e}, 평행 {parallel_error:.0e}, 가장 가까운 자리 {fold_error:.0e}.",
    ),
    "claim.chain.says": (
        "Simple steps in a long row make a very complicated transformation.",
        "단순한 단계를 길게 이으면 매우 복잡한 변환이 된다.",
    ),
    "claim.chain.found": (
        "One hidden layer folds the plane into {pieces_1:.0f} flat pieces, two into {pieces_2:.0f}, four into "
        "{pieces_4:.0f}.",
        "평면은 은닉층이 하나면 {pieces_1:.0f}조각, 둘이면 {pieces_2:.0f}조각, 넷이면 {pieces_4:.0f}조각으로 접힌다.",
    ),
}
