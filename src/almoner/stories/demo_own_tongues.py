"""The night line's story in German and Arabic, the other in German: the same figures and form, other words."""

from dataclasses import replace
from typing import Final

from almoner.stories.demo_own_words import (
    A_YEAR_ON,
    ADVICE,
    ANSWERED,
    CALLS,
    FAMILIES,
    FORM,
    NIGHT,
    NOTICE,
    TRAINED,
    boat,
    chart,
    fact,
    facts,
    progress,
    quote,
    said,
)
from almoner.stories.demo_words import Story, text

_GERMAN: Final = replace(
    NIGHT,
    title="Woraus eine Nacht am Telefon besteht",
    summary="Die meisten Kinder reden, wenn das Haus schläft. Seit dem Beginn wurden im Dunkeln "
    f"[figure {CALLS} over] Anrufe angenommen. Was aus einem davon werden kann.",
    body=[
        text(
            "<p>Kaum ein Anruf beim Nachttelefon beginnt mit dem, worum es geht. Er beginnt mit den Hausaufgaben, mit "
            "einem Streit, mit einer Freundin, die still geworden ist. Wer berät, hat Zeit. Denn wer um diese Uhrzeit "
            "anruft, hat tagelang überlegt und ruft selten ein zweites Mal an.</p>"
            f"<p>Darum zählen wir zuerst etwas Einfaches: Nimmt jemand ab? Im letzten Monat wurden {said(ANSWERED)} "
            "aller Anrufe innerhalb einer Minute angenommen. Am Anfang waren es viel weniger.</p>"
        ),
        progress(CALLS, "nachts angenommene Anrufe"),
        facts(
            "Drei Dinge, zu denen ein Anruf führen kann",
            fact(
                "Eine Minute, die nur ihnen gehört",
                "Man muss nichts erzählen, damit jemand zuhört. Wer hier berät, lernt, die erste Minute in Ruhe zu "
                "lassen, und fragt nichts, wofür ein Kind mutig sein müsste.",
                ANSWERED,
                label="Anrufe, die innerhalb einer Minute angenommen wurden",
            ),
            fact(
                "Dieselbe Stimme noch einmal",
                f"Ein Gespräch beendet selten ein Unrecht. Inzwischen haben {said(FAMILIES, 'over')} Familien "
                "dieselbe Person immer wieder getroffen, abends, am Küchentisch oder am Telefon, bis sie niemanden "
                "mehr brauchten.",
                FAMILIES,
                label="Familien mit fester Begleitung",
            ),
            fact(
                "Ein ruhigeres Jahr",
                "Ein Jahr später ruft jemand anderes an und stellt eine einzige Frage: Ist Ihr Kind im Netz jetzt "
                "sicher? Nicht alle sagen ja. Auch das drucken wir.",
                A_YEAR_ON,
                style="share",
                label="Familien sagen ein Jahr später, dass ihr Kind im Netz sicher ist",
            ),
        ),
        quote(
            "Man denkt, ich wüsste, was man sagt. Meistens weiß ich nur, wie man da ist, während jemand merkt, dass "
            "es sich sagen lässt.",
            "Beraterin am Nachttelefon",
        ),
        chart(ANSWERED, "line", "Anrufe, die innerhalb einer Minute angenommen wurden"),
        boat(
            "Ein Papierboot auf ruhigem Wasser bei Sonnenaufgang, umgeben von kleinen schwimmenden Laternen."
        ),
        chart(FAMILIES, "bars", "Familien mit fester Begleitung, nach Wohnort"),
        text(
            "<h2>Jemand muss wach sein</h2>"
            "<p>Am teuersten ist das Nachttelefon, wenn es still ist, denn auch dann ist jemand wach. Dafür steht "
            "eine Spende: für eine Stunde, in der niemand anruft, und für die Minute, in der jemand anruft. Alle "
            "Zahlen, und woher wir sie wissen, stehen auf "
            '<a href="/programmes/night-line/" hreflang="en">der Seite des Nachttelefons</a> (englisch).</p>'
        ),
        FORM,
    ],
)

_ARABIC: Final = replace(
    NIGHT,
    title="ممَّ تتكوّن ليلة على خط الهاتف",
    summary=f"معظم الأطفال يتكلمون حين ينام البيت. منذ افتتاح خطنا رُدّ ليلًا على [figure {CALLS} over] مكالمة. "
    "هذا ما قد تقود إليه واحدة منها.",
    body=[
        text(
            "<p>قلّما تبدأ مكالمة على خط الليل بموضوعها. تبدأ بالواجب المدرسي، أو بخلاف في البيت، أو بصديقة صارت صامتة. "
            "المرشدة لا تستعجل. فمن يتصل في تلك الساعة فكّر أيامًا قبل أن يتصل، ونادرًا ما يتصل مرة ثانية.</p>"
            "<p>لذلك نعدّ أولًا شيئًا بسيطًا: هل يردّ أحد؟ في الشهر الماضي رُدّ خلال دقيقة على "
            f"{said(ANSWERED)} من المكالمات. وفي البداية كانت أقل بكثير.</p>"
        ),
        progress(CALLS, "مكالمات رُدّ عليها ليلًا"),
        facts(
            "ثلاثة أشياء قد تقود إليها مكالمة",
            fact(
                "دقيقة لهم وحدهم",
                "لا يحتاج أحد أن يروي شيئًا كي يُصغى إليه. يتعلم المرشدون أن يتركوا الدقيقة الأولى كما هي، وألا يسألوا "
                "سؤالًا يحتاج الطفل إلى شجاعة كي يجيب عنه.",
                ANSWERED,
                label="مكالمات رُدّ عليها خلال دقيقة",
            ),
            fact(
                "الصوت نفسه مرة أخرى",
                f"حديث واحد نادرًا ما ينهي أذى. {said(FAMILIES, 'over')} أسرة التقت المرشدة نفسها مرة بعد مرة، مساءً، "
                "حول طاولة المطبخ أو على الهاتف، حتى لم تعد تحتاج إلى أحد.",
                FAMILIES,
                label="أسر لها مرشدة خاصة",
            ),
            fact(
                "سنة أهدأ",
                "بعد سنة يتصل شخص آخر ويسأل سؤالًا واحدًا: هل طفلكم آمن الآن على الإنترنت؟ لا يجيب الجميع بنعم، ونحن "
                "ننشر ذلك أيضًا.",
                A_YEAR_ON,
                label="من الأسر تقول بعد سنة إن طفلها آمن على الإنترنت",
            ),
        ),
        quote(
            "يظن الناس أنني أعرف ماذا أقول. في الغالب أعرف كيف أكون حاضرة بينما يكتشف أحدهم أنه يستطيع أن يقول.",
            "مرشدة على خط الليل",
        ),
        chart(ANSWERED, "line", "مكالمات رُدّ عليها خلال دقيقة"),
        boat("قارب من ورق على ماء هادئ عند الشروق، تحيط به فوانيس صغيرة طافية."),
        chart(FAMILIES, "bars", "أسر لها مرشدة خاصة، بحسب مكان السكن"),
        text(
            "<h2>لا بد أن يكون أحدهم مستيقظًا</h2>"
            "<p>أكثر ما يكلّف الخط حين يكون هادئًا، لأن أحدهم مستيقظ حينها أيضًا. لهذا يُدفع كل تبرّع له: لساعة لا يتصل "
            "فيها أحد، وللدقيقة التي يتصل فيها أحد. كل رقم هنا، وكيف عُرف، مذكور في "
            '<a href="/programmes/night-line/" hreflang="en">صفحة الخط</a> (بالإنجليزية).</p>'
        ),
        FORM,
    ],
)

_NOTICE_GERMAN: Final = replace(
    NOTICE,
    title="Die es zuerst bemerken",
    summary="Ein Trainer, eine Bibliothekarin, eine Physiklehrerin: Bei uns haben "
    f"[figure {TRAINED} over] Erwachsene gelernt, worauf zu achten ist und was man nicht fragt.",
    body=[
        text(
            "<p>Selten bemerkt es jemand vom Fach als Erstes. Es ist der Trainer, dem ein Kind ohne Grund sein Trikot "
            "zurückgibt, oder die Lehrerin, die sieht, dass ein guter Schüler nichts mehr schreibt. Die meisten sagen "
            "hinterher, sie hätten es gesehen, aber nicht gewusst, ob sie es ansprechen dürfen.</p>"
            "<p>Zwei Tage genügen, um das zu ändern. Im Kurs lernt man drei Sätze auswendig, dazu eine "
            "Telefonnummer, und übt lange, nicht nach Einzelheiten zu fragen.</p>"
        ),
        progress(TRAINED, "geschulte Erwachsene"),
        chart(TRAINED, "bars", "wo die Geschulten arbeiten"),
        text(
            "<h2>Und dann rufen sie an</h2>"
            f"<p>Im letzten Quartal haben Geschulte {said(ADVICE)} Mal unsere Beratung um Rat gefragt. Diese Zahl soll "
            "wachsen: Hinter ihr steht jedes Mal jemand, der unsicher war und gefragt hat.</p>"
            "<p>Eine unserer Zahlen war eine Zeit lang falsch. Einer Leserin fiel es auf, wir haben die "
            f'Zahl berichtigt, und nun stehen beide <a href="/de/figures/{TRAINED}/">nebeneinander, mit der '
            "Begründung</a>.</p>"
        ),
        chart(ADVICE, "line", "Bitten um Rat"),
        {
            "type": "call",
            "value": {
                "heading": "Einen Platz im Kurs bezahlen",
                "text": "Schulen und Vereine zahlen, was sie können. Den Rest bezahlen Spenden.",
                "button": "Jetzt spenden",
                "number": "4840",
            },
        },
    ],
)

NOTICED: Final[dict[str, Story]] = {"de": _NOTICE_GERMAN}

TRANSLATIONS: Final[dict[str, Story]] = {"de": _GERMAN, "ar": _ARABIC}
