"""The texts of the exhibit `augmentation`."""

TEXTS = {
    "title": (
        "Augmentation: what it gains with few images and with many",
        "데이터 확장(증강): 이미지가 적을 때와 많을 때의 이득",
    ),
    "changes": (
        "Images of {data}, in training shifted by up to {shift:.0%} of their side, turned by up to {degrees:.0f} degrees "
        "and scaled by up to {zoom:.0%}, anew each time; tested on {tested} that stay as they are.",
        "{data} 이미지를 학습에 쓸 때마다 새로 옮기고(한 변의 {shift:.0%}까지), 돌리고({degrees:.0f}도까지), 키우거나 줄인다"
        "({zoom:.0%}까지). 시험은 손대지 않은 {tested}장으로 한다.",
    ),
    "gain": (
        "{size} images a class: {plain:.1%} right as they are, {changed:.1%} with changes ({points:+.1f} points).",
        "클래스마다 {size}장일 때의 정확도: 그대로 {plain:.1%}, 변화를 주면 {changed:.1%} ({points:+.1f}%포인트).",
    ),
    "flip": (
        "Not every change leaves the label: a digit turned over left to right is often none. With such flips {size} "
        "images a class give {flipped:.1%}, without {plain:.1%}.",
        "아무 변화나 정답을 지켜 주지는 않는다. 좌우로 뒤집은 숫자는 대개 숫자가 아니다. 클래스마다 {size}장일 때 뒤집기를 "
        "섞으면 {flipped:.1%}, 섞지 않으면 {plain:.1%}이다.",
    ),
    "picture.shown": ("one image (framed) and changed ones", "이미지 하나(테두리)와 변화를 준 모습"),
    "picture.plain": ("as they are", "그대로"),
    "picture.changed": ("changed anew each time", "매번 변화를 주어"),
    "picture.size": ("training images a class", "클래스마다 학습 이미지 수"),
    "picture.accuracy": ("right answers (%)", "정확도 (%)"),
    "claim.few.says": (
        "Augmentation helps most where there are few images.",
        "데이터 확장은 데이터가 적을 때 특히 효과적이다.",
    ),
    "claim.few.found": (
        "Change of the accuracy in percentage points: {gain_few:+.1%} with 10 images a class, {gain_some:+.1%} with 50, "
        "{gain_many:+.1%} with 500.",
        "정확도의 변화: 클래스마다 10장일 때 {gain_few:+.1%}포인트, 50장일 때 {gain_some:+.1%}포인트, 500장일 때 "
        "{gain_many:+.1%}포인트.",
    ),
}
