"""The texts around the exhibits: the list, the gallery page."""

TEXTS = {
    "name": ("English", "한국어"),
    "title": ("The gallery", "전시실"),
    "lead": (
        "Each picture was computed and drawn by the command below it; its sentences carry the figures of that "
        "run. `sujeong show --all --out docs/gallery` makes the page again.",
        "그림은 모두 아래 적힌 명령이 계산해서 그렸고, 문장 속의 수치도 그때 나온 것이다. "
        "`sujeong show --all --out docs/gallery`로 이 페이지를 다시 만든다.",
    ),
    "begin": ("{name} ...", "{name} ..."),
    "kept": ("{name}: finished before, kept", "{name}: 앞서 끝나 그대로 둔다"),
    "failed": ("{name}: {reason}", "{name}: {reason}"),
    "done": ("{count} exhibits: {page}", "전시 {count}개: {page}"),
    "picture": ("picture: {path}", "그림: {path}"),
    "took": ("measured in {seconds:.1f} s", "측정에 걸린 시간: {seconds:.1f}초"),
    "seconds": ("{seconds} s", "{seconds}초"),
    "code": ("the code", "코드"),
    "list.name": ("name", "이름"),
    "list.title": ("what it shows", "보여 주는 것"),
    "list.seconds": ("seconds", "초"),
    "what": (
        "name an exhibit, or give --list or --all.",
        "전시 이름을 적거나 --list, --all 가운데 하나를 준다.",
    ),
}
