"""The texts of the exhibit `augmentation`."""

TEXTS = {
    "title": (
        "Augmentation: what it gains with few images and with many",
        "데이터 확장: 이미지가 적을 때와 많을 때의 이득",
    ),
    "changes": (
        "Images of {data}, in training shifted by up to {shift:.0%} of their side, turned by up to {degrees:.0f} degrees "
        "and scaled by up to {zoom:.0%}, anew each time; tested on {tested} that stay as they are.",
        "{data} 이미지를 학습할 때마다 새로 한 변의 {shift:.0%}까지 옮기고, {degrees:.0f}도까지 돌리고, {zoom:.0%}까지 키우거나 "
        "줄인다. 시험은 손대지 않은 {tested}장으로 한다.",
    ),
    "gain": (
        "{size} images a class: {plain:.1%} without, {changed:.1%} with changes ({points:+.1f} points).",
        "클래스마다 {size}장: 그대로 {plain:.1%}, 변화를 주면 {changed:.1%} ({points:+.1f}%포인트).",
    ),
    "flip": (
        "Not every change leaves the label: with flips, which no writer makes, {size} images a class give "
        "{flipped:.1%} in place of {plain:.1%}.",
        "아무 변화나 정답을 지키지는 않는다. 아무도 그렇게 쓰지 않는 뒤집기를 하면 클래스마다 {size}장에서 {plain:.1%} 대신 "
        "{flipped:.1%}가 된다.",
    ),
    "picture.shown": ("one image (framed), as it is shown", "한 이미지(테두리)가 보이는 모습들"),
    "picture.plain": ("as they are", "그대로"),
    "picture.changed": ("changed anew each time", "매번 변화를 주어"),
    "picture.size": ("training images a class", "클래스마다 학습 이미지 수"),
    "picture.accuracy": ("right answers (%)", "정확도 (%)"),
    "claim.few.says": (
        "Augmentation helps most where there are few images.",
        "데이터 확장은 데이터가 적을 때 특히 효과적이다.",
    ),
    "claim.few.found": (
        "Gain in accuracy: {gain_few:+.1%} with 10 images a class, {gain_some:+.1%} with 50, {gain_many:+.1%} with 500.",
        "정확도의 이득: 클래스마다 10장일 때 {gain_few:+.1%}, 50장일 때 {gain_some:+.1%}, 500장일 때 {gain_many:+.1%}.",
    ),
}
