"""Articles in several languages, and the ways in which the tests of the readers load them."""

from pathlib import Path

import pytest

from index.errors import UnreadableFile
from index.load import Loaded, load

DATA = Path(__file__).parents[1].parent / "shared" / "data"
PROSE = (
    "The government said on Thursday that the talks with the union would go on for several days, and that nobody had "
    "been hurt in the clashes. Officials from both sides were expected to meet again in the capital on Monday."
)
ENGLISH = "“We won’t go,” Mr. Müller said – in a café on the Champs-Élysées. It costs £5, or €6… a km² of naïveté."
FRENCH = (
    "Le président français Emmanuel Macron s’est exprimé jeudi à l’Élysée : « La situation est grave, dit-il, et nous "
    "devons agir dès aujourd’hui. » Les négociations, entamées à Genève l’été dernier, n’ont guère avancé."
)
GERMAN = (
    "Der Außenminister erklärte am Donnerstag, die Gespräche über die Öffnung der Grenze würden fortgeführt. „Wir "
    "müssen größere Anstrengungen unternehmen“, sagte er in München, wo er mit seinem Kollegen zusammentraf."
)
SPANISH = (
    "El señor Núñez dijo el jueves que las conversaciones continuarán mañana en Madrid. ¿Qué pasará después? El año "
    "que viene habrá elecciones en España, y ningún partido ha presentado todavía a sus candidatos."
)
VIETNAMESE = (
    "Tổng thống Nga Vladimir Putin đã đến Hà Nội vào thứ Năm trong chuyến thăm cấp nhà nước. Hai bên đã ký kết nhiều "
    "thỏa thuận hợp tác về năng lượng, giáo dục và khoa học, theo thông báo của Bộ Ngoại giao Việt Nam."
)
RUSSIAN = (
    "Президент России Владимир Путин прибыл в четверг во Вьетнам с государственным визитом. Переговоры продолжались "
    "несколько часов, сообщили официальные лица."
)
POLISH = (
    "Premier powiedział w czwartek, że rozmowy będą kontynuowane. Żołnierze wrócili do domów, a ludność cywilna może "
    "się czuć bezpiecznie. Źródła rządowe nie potwierdziły tych doniesień."
)
JAPANESE = "ロシアのプーチン大統領は木曜日にベトナムのハノイに到着した。会談は数時間続いたと当局者は述べた。" * 3


def write(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def loaded(folder: Path, name: str, content: bytes | str) -> Loaded:
    return load(write(folder, name, content), name)


def reason(folder: Path, name: str, content: bytes | str) -> str:
    with pytest.raises(UnreadableFile) as error:
        loaded(folder, name, content)
    return str(error.value)
