"""What the demonstration's two forms say in other languages. Safe to repeat: what was said since is left as it is."""

from collections.abc import Iterator, Mapping
from typing import Final

from almoner.charities import phrases
from almoner.charities.models import Charity
from almoner.giving import demo_charity as words
from almoner.giving import speaking
from almoner.impact.demo import Person

_SAYS: Final = Person(-3, "demonstration, languages")
LANGUAGES: Final = ("de", "ar", "fr", "es")
# Each in these languages, in this order.
_SAID: Final[Mapping[str, tuple[str, str, str, str]]] = {
    words.TITLE: (
        "Lassen Sie für ein Kind ein Licht an",
        "أبقِ نورًا مضاءً من أجل طفل",
        "Laissez une lumière allumée pour un enfant",
        "Deja una luz encendida para un niño",
    ),
    words.INTRO: (
        "Kinder, denen im Netz Gewalt angetan wird, brauchen jemanden, der es merkt, jemanden, der handelt, und "
        "jemanden, der bleibt. Ihre Spende ermöglicht alle drei: Menschen, die gelernt haben, es früh zu sehen, ein "
        "Hilfetelefon, an dem nachts jemand abnimmt, und Begleitung für eine Familie, solange sie sie braucht.",
        "الأطفال الذين يتعرضون للأذى على الإنترنت يحتاجون إلى من يلاحظ، ومن يتحرك، ومن يبقى. تبرّعك يكفل الثلاثة: "
        "أشخاصًا تدربوا على أن يروا الأمر مبكرًا، وخط مساعدة يردّ ليلًا، ورعايةً للأسرة ما دامت تحتاج إليها.",
        "Les enfants à qui l’on fait du mal en ligne ont besoin de quelqu’un qui s’en aperçoit, de quelqu’un qui agit "
        "et de quelqu’un qui reste. Votre don finance les trois\u202f: des personnes formées à le voir tôt, une ligne "
        "d’écoute qui répond la nuit, et l’accompagnement d’une famille aussi longtemps qu’il le faut.",
        "Los niños a quienes se hace daño en internet necesitan a alguien que se dé cuenta, a alguien que actúe y a "
        "alguien que se quede. Tu donación paga las tres cosas: personas preparadas para verlo a tiempo, un teléfono "
        "de ayuda que contesta de noche, y el acompañamiento de una familia mientras haga falta.",
    ),
    "An hour with a counsellor for a child who has just come forward": (
        "Eine Stunde Beratung für ein Kind, das sich gerade erst anvertraut hat",
        "ساعة مع مرشدة لطفل تكلّم للتوّ",
        "Une heure avec une conseillère pour un enfant qui vient de se confier",
        "Una hora con una orientadora para un niño que acaba de contarlo",
    ),
    "A night of answered calls on our family help line": (
        "Eine Nacht, in der an unserem Familientelefon jemand abnimmt",
        "ليلة من الردّ على المكالمات في خط مساعدة الأسر",
        "Une nuit d’appels pris sur notre ligne d’écoute des familles",
        "Una noche de llamadas atendidas en nuestro teléfono de ayuda a las familias",
    ),
    "A day’s training for a teacher, so that warning signs are seen": (
        "Ein Tag Schulung für eine Lehrkraft, damit Warnzeichen gesehen werden",
        "يوم تدريب لمعلّم، كي تُرى علامات الخطر",
        "Une journée de formation pour un enseignant, afin que les signes soient vus",
        "Un día de formación para un docente, para que se vean las señales",
    ),
    "A month of steady care for one family finding its feet": (
        "Ein Monat feste Begleitung für eine Familie, die wieder Halt findet",
        "شهر من الرعاية المستمرة لأسرة تستعيد توازنها",
        "Un mois d’accompagnement suivi pour une famille qui reprend pied",
        "Un mes de acompañamiento constante para una familia que vuelve a ponerse en pie",
    ),
    "A child’s first call answered, every month": (
        "Jeden Monat der erste Anruf eines Kindes, der angenommen wird",
        "الردّ كل شهر على أول مكالمة لطفل",
        "Chaque mois, le premier appel d’un enfant reçoit une réponse",
        "Cada mes, la primera llamada de un niño recibe respuesta",
    ),
    "A steady light: an hour with a counsellor, every month": (
        "Ein Licht, das bleibt: jeden Monat eine Stunde Beratung",
        "نور لا ينطفئ: ساعة مع مرشدة كل شهر",
        "Une lumière qui dure\u202f: chaque mois, une heure avec une conseillère",
        "Una luz que no se apaga: cada mes, una hora con una orientadora",
    ),
    "Two nights of answered calls, every month": (
        "Jeden Monat zwei Nächte, in denen jemand abnimmt",
        "ليلتان من الردّ على المكالمات كل شهر",
        "Chaque mois, deux nuits d’appels pris",
        "Cada mes, dos noches de llamadas atendidas",
    ),
    "Children at risk": ("Kinder in Gefahr", "أطفال في خطر", "Enfants en danger", "Niños en riesgo"),
    "Help lines, training and care: a gift that may be claimed on tax": (
        "Hilfetelefone, Schulung und Begleitung: eine Spende, die Sie von der Steuer absetzen können",
        "خطوط مساعدة وتدريب ورعاية: تبرّع يمكن أن تطلب خصمه من الضريبة",
        "Lignes d’écoute, formation et accompagnement\u202f: un don que vous pouvez déclarer aux impôts",
        "Teléfonos de ayuda, formación y acompañamiento: una donación que puedes deducir de tus impuestos",
    ),
    "Where it is needed most": (
        "Wo es am nötigsten ist",
        "حيث الحاجة أشدّ",
        "Là où le besoin est le plus grand",
        "Donde más falta hace",
    ),
    "Everything we do, the quiet parts included": (
        "Alles, was wir tun, auch das, wovon man wenig hört",
        "كل ما نقوم به، وحتى ما لا يلفت الأنظار",
        "Tout ce que nous faisons, y compris ce qui se voit peu",
        "Todo lo que hacemos, también lo que apenas se ve",
    ),
    "Email me about what gifts like mine do": (
        "Schreiben Sie mir per E-Mail, was Spenden wie meine bewirken",
        "راسلوني بالبريد الإلكتروني عمّا تحققه تبرّعات مثل تبرّعي",
        "Écrivez-moi par e-mail ce que permettent des dons comme le mien",
        "Escribidme por correo electrónico qué consiguen donaciones como la mía",
    ),
    words.THANK_YOU: (
        "Irgendwo wird heute Nacht einem Kind geglaubt, und eine Familie ist damit nicht allein. Auch Ihretwegen. "
        "Danke, dass Sie ihnen beistehen.",
        "في مكان ما سيجد طفل هذه الليلة من يصدّقه، ولن تكون أسرة وحدها في ما تواجهه. ولك في ذلك نصيب. "
        "شكرًا لأنك تقف معهم.",
        "Quelque part, cette nuit, un enfant sera cru, et une famille ne sera pas seule face à cela. Vous y êtes pour "
        "quelque chose. Merci d’être à leurs côtés.",
        "En algún lugar, esta noche, alguien creerá a un niño, y una familia no estará sola. En parte es gracias a ti. "
        "Gracias por estar a su lado.",
    ),
    # The night line's own form.
    "Keep the night line open": (
        "Damit das Nachttelefon besetzt bleibt",
        "أبقِ خط الليل مفتوحًا",
        "Pour que la ligne de nuit reste ouverte",
        "Que el teléfono de noche siga abierto",
    ),
    "Most children speak when the house is asleep. Your gift pays for the counsellor who is awake then, and for the "
    "evenings after.": (
        "Die meisten Kinder reden, wenn das Haus schläft. Ihre Spende bezahlt die Beraterin, die dann wach ist, und "
        "die Abende danach.",
        "معظم الأطفال يتكلمون حين ينام البيت. تبرّعك يدفع أجر المرشدة الساهرة في تلك الساعة، والأمسيات التي تليها.",
        "La plupart des enfants parlent quand la maison dort. Votre don paie la conseillère qui veille à cette "
        "heure-là, et les soirées qui suivent.",
        "La mayoría de los niños hablan cuando la casa duerme. Tu donación paga a la orientadora que está despierta a "
        "esa hora, y las tardes que vienen después.",
    ),
    "Half an hour in which a counsellor has time": (
        "Eine halbe Stunde, in der eine Beraterin Zeit hat",
        "نصف ساعة تتفرّغ فيها مرشدة",
        "Une demi-heure pendant laquelle une conseillère a le temps",
        "Media hora en la que una orientadora tiene tiempo",
    ),
    "A night of answered calls": (
        "Eine Nacht, in der jemand abnimmt",
        "ليلة من الردّ على المكالمات",
        "Une nuit d’appels pris",
        "Una noche de llamadas atendidas",
    ),
    "Six evenings with the same counsellor, for one family": (
        "Sechs Abende mit derselben Beraterin, für eine Familie",
        "ست أمسيات مع المرشدة نفسها لأسرة واحدة",
        "Six soirées avec la même conseillère, pour une famille",
        "Seis tardes con la misma orientadora, para una familia",
    ),
    "A first call answered, every month": (
        "Jeden Monat ein erster Anruf, der angenommen wird",
        "الردّ كل شهر على مكالمة أولى",
        "Chaque mois, un premier appel qui reçoit une réponse",
        "Cada mes, una primera llamada que recibe respuesta",
    ),
    "A counsellor awake for an hour, every month": (
        "Jeden Monat eine Stunde, in der eine Beraterin wach ist",
        "ساعة تسهرها مرشدة كل شهر",
        "Chaque mois, une heure pendant laquelle une conseillère veille",
        "Cada mes, una hora de una orientadora despierta",
    ),
    "The night line": ("Das Nachttelefon", "خط الليل", "La ligne de nuit", "El teléfono de noche"),
    "Somebody who answers, every night of the year: a gift that may be claimed on tax": (
        "Jede Nacht des Jahres nimmt jemand ab: eine Spende, die Sie von der Steuer absetzen können",
        "من يردّ في كل ليلة من ليالي السنة: تبرّع يمكن أن تطلب خصمه من الضريبة",
        "Quelqu’un qui répond, chaque nuit de l’année\u202f: un don que vous pouvez déclarer aux impôts",
        "Alguien que contesta, cada noche del año: una donación que puedes deducir de tus impuestos",
    ),
    "Somebody will ring tonight, and it will be answered. Thank you for being awake with us.": (
        "Heute Nacht wird jemand anrufen, und jemand wird abnehmen. Danke, dass Sie mit uns wach sind.",
        "سيتصل أحد هذه الليلة، وسيجد من يردّ عليه. شكرًا لأنك تسهر معنا.",
        "Cette nuit, quelqu’un appellera, et quelqu’un répondra. Merci de veiller avec nous.",
        "Esta noche alguien llamará, y alguien contestará. Gracias por velar con nosotros.",
    ),
}


def seed(charity: Charity) -> None:
    """Say what nobody has said yet."""
    for language, texts in said():
        known = phrases.newest(charity, language)
        new = {own: text for own, text in texts.items() if own not in known}
        speaking.keep(charity, language, new, actor=_SAYS)


def said() -> Iterator[tuple[str, dict[str, str]]]:
    """Each language, with what the forms' own words are there."""
    for at, language in enumerate(LANGUAGES):
        yield language, {own: texts[at] for own, texts in _SAID.items()}
