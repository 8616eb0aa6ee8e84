"""The first story of the demonstration in German and Arabic: the same figures, the same form, other words."""

from dataclasses import replace
from typing import Final

from almoner.impact.demo import SLUG
from almoner.stories.demo_words import (
    ARRESTED,
    ARTICLE,
    FORM_SHORTCODE,
    FREED,
    FREED_BY_THEN,
    IDENTIFIED,
    STORIES,
    Story,
    fact,
    text,
)

_FIRST: Final = STORIES[0]
_LINK: Final = f'<a href="{ARTICLE.url}">{ARTICLE.cited}</a>'

GERMAN: Final = replace(
    _FIRST,
    title="Vier Gründe zur Hoffnung im Kampf gegen Kindesmissbrauch im Netz",
    summary=(
        "Ein Verbrechen, das sich hinter Bildschirmen verbirgt, lässt sich finden und beenden. Vier Dinge, die "
        "geschehen sind, wer sie möglich gemacht hat und was sie für Kinder bedeuten."
    ),
    attribution=(
        "Die Arbeit, von der hier erzählt wird, ist die der International Justice Mission (IJM) und "
        "ihrer Partner, mit "
        "den Zahlen, die IJM Ende 2022 nannte. Tidelight hatte keinen Anteil daran und beansprucht keinen. Wir "
        "erzählen davon, weil es zeigt, was möglich ist."
    ),
    body=[
        text(
            "<p>Manches Unrecht ist schwer zu sehen, weil es zu Hause geschieht, mit einer Kamera "
            "und einem zahlenden "
            "Fremden weit weg. 2011 gehörte das philippinische Büro von IJM weltweit zu den ersten, "
            "die verstanden, was "
            "sie da sahen: eine neue Form von Kindesmissbrauch und Menschenhandel, die sexuelle "
            "Ausbeutung von Kindern "
            "im Internet, kurz OSEC.</p>"
            "<p>IJM blieb dran. Ihre Teams arbeiteten an der Seite der Polizei, die die Opfer "
            "erreicht, untersuchten, "
            "wie verbreitet das Verbrechen ist und wie es funktioniert, und lernten, was Überlebende brauchen, um zu "
            "heilen. Heute leitet IJM ein Programm auf den ganzen Philippinen mit einem klaren Ziel: OSEC dort zu "
            "beenden. Das Jahr 2022 brachte Nachrichten, die es weiterzugeben lohnt.</p>"
            f"<p><i>Quelle: IJM, {_LINK}, {ARTICLE.dated}</i></p>"
        ),
        {
            "type": "facts",
            "value": {
                "heading": "",
                "facts": [
                    fact(
                        "Was in einem Land gelernt wurde, schützt jetzt Kinder in anderen",
                        "<p>Mit Meta, dem Unternehmen hinter Facebook, Instagram und WhatsApp, und mit dem National "
                        "Center for Missing &amp; Exploited Children (NCMEC) hat IJM das <b>Project "
                        "Boost</b> begonnen. "
                        "Technologiefirmen melden Verdachtsfälle an die CyberTipline von NCMEC. Das "
                        "Projekt zeigt der "
                        "Polizei in ausgewählten Ländern, wie aus einer solchen Meldung ein gefundenes Kind wird.</p>"
                        "<p>In Kenia sieht man, wie schnell das gehen kann. Im November 2022 "
                        "verbrachten Ermittlerinnen "
                        "und Ermittler dort eine Woche in einer Schulung und übten, was diese Fälle verlangen. Dann "
                        "gingen sie zurück an ihre Schreibtische und wandten es an. Was die Geschulten "
                        f"erreichten: Opfer identifiziert, {IDENTIFIED}; Verdächtige festgenommen, {ARRESTED}.</p>",
                        dated="November 2022",
                    ),
                    fact(
                        f"Bisher befreit: [figure {SLUG}/rescued] Kinder und junge Menschen",
                        f"<p>Am 15. September 2022 brachte ein Einsatz auf den Philippinen {FREED} Kinder "
                        "in Sicherheit. Mit "
                        "ihnen stieg die Zahl der Kinder und jungen Menschen, die seit 2011 in von IJM "
                        f"unterstützten Fällen aus Missbrauch im Netz befreit wurden, auf {FREED_BY_THEN}.</p>"
                        "<p>Über eine solche Zahl liest man leicht hinweg. Jede und jeder darin "
                        "sitzt irgendwo in einer "
                        "Klasse, wohnt irgendwo nebenan und wurde gefunden.</p>",
                        indicator="rescued",
                        dated="Stand Ende 2022",
                    ),
                    fact(
                        "Wer im Verdacht steht, es möglich zu machen, wird festgenommen",
                        "<p>Ein solches Verbrechen dauert so lange, wie es gefahrlos ist. Mit jedem Kind, das die "
                        "Polizei erreicht, und mit jedem sorgfältig geführten Verfahren wird es das weniger. IJM "
                        "unterstützt die philippinischen Behörden bei beidem.</p>",
                        indicator="arrested",
                        dated="Stand Ende 2022",
                    ),
                    fact(
                        "Gefunden zu werden ist der Anfang der Heilung, und Menschen bleiben dafür",
                        "<p>Ein befreites Kind hat noch einen langen Weg vor sich: ein Zuhause, das "
                        "wirklich sicher ist, "
                        "jemand, der zuhören gelernt hat, Schule, oft auch ein Gerichtssaal. IJM geht diesen Weg mit "
                        "Überlebenden im Nachsorgeprogramm, gemeinsam mit dem philippinischen "
                        "Ministerium für Soziales, "
                        "bis sie ohne Hilfe stehen.</p>",
                        indicator="restored",
                        dated="Stand Ende 2022",
                    ),
                ],
            },
        },
        text(
            "<h2>Was ein Licht mehr bewirkt</h2>"
            "<p>Stolz darauf zu sein steht uns nicht zu. Davon zu lernen schon: früh bemerken, "
            "gemeinsam handeln und so "
            "lange bleiben, wie es braucht. So versuchen wir an unserem eigenen Stück Küste zu arbeiten, und dafür "
            "steht eine Spende an Tidelight.</p>"
            f"<p>{FORM_SHORTCODE}</p>"
        ),
    ],
)

ARABIC: Final = replace(
    _FIRST,
    title="أربعة أسباب للأمل في مكافحة الاعتداء على الأطفال عبر الإنترنت",
    summary=(
        "الأذى الذي يختبئ خلف الشاشات يمكن كشفه ويمكن إيقافه. أربعة أمور حدثت، ومن صنعها، وما تعنيه للأطفال."
    ),
    attribution=(
        "العمل الذي نرويه هنا هو عمل منظمة International Justice Mission (IJM) وشركائها، بالأرقام "
        "التي ذكرتها في نهاية "
        "عام 2022. ليس لـ Tidelight أي دور فيه ولا تنسبه إلى نفسها. ننقله لأنه يبيّن ما هو ممكن."
    ),
    body=[
        text(
            "<p>بعض الأذى تصعب رؤيته لأنه يحدث في البيت، أمام كاميرا ولغريب بعيد يدفع المال. في عام "
            "2011 كان مكتب IJM في "
            "الفلبين من أوائل من أدركوا في العالم حقيقة ما يرونه: نوع جديد من الاعتداء على الأطفال "
            "ومن الاتجار بهم، هو "
            "الاستغلال الجنسي للأطفال عبر الإنترنت (OSEC).</p>"
            "<p>وواصلت IJM العمل. عملت فرقها إلى جانب الشرطة التي تصل إلى الضحايا، ودرست مدى انتشار "
            "الجريمة وطريقة عملها، "
            "وتعلّمت ما يحتاج إليه الناجون كي يتعافوا. واليوم تقود IJM برنامجًا في أنحاء الفلبين "
            "كلها غايته واضحة: إنهاء "
            "هذه الجريمة هناك. وقد حمل عام 2022 أخبارًا تستحق أن تُروى.</p>"
            f"<p><i>المصدر: IJM، {_LINK}، {ARTICLE.dated}</i></p>"
        ),
        {
            "type": "facts",
            "value": {
                "heading": "",
                "facts": [
                    fact(
                        "ما تعلّمه بلد واحد يحمي الآن أطفالًا في بلدان أخرى",
                        "<p>مع Meta، الشركة المالكة لفيسبوك وإنستغرام وواتساب، ومع المركز الوطني للأطفال المفقودين "
                        "والمستغَلين (NCMEC)، بدأت IJM <b>Project Boost</b>. ترسل شركات التقنية "
                        "بلاغات عن حالات مشتبه فيها "
                        "إلى خدمة CyberTipline، ويعلّم المشروع الشرطة في بلدان مختارة كيف تحوّل البلاغ إلى طفل يُعثر "
                        "عليه.</p>"
                        "<p>وتبيّن كينيا كم يمكن أن يكون ذلك سريعًا. في نوفمبر 2022 أمضى محققوها "
                        "أسبوعًا في ورشة يتدرّبون على "
                        "ما تتطلبه هذه القضايا، ثم عادوا إلى مكاتبهم واستخدموه: ما حققه المتدرّبون: "
                        f"ضحايا حُدّدت هويتهم: {IDENTIFIED}، ومشتبه فيهم أُوقفوا: {ARRESTED}.</p>",
                        dated="نوفمبر 2022",
                    ),
                    fact(
                        f"تحرّر حتى الآن من الأطفال والشباب: [figure {SLUG}/rescued]",
                        f"<p>في 15 سبتمبر 2022 نقلت عملية في الفلبين أطفالًا إلى الأمان، عددهم {FREED}. وبهم بلغ "
                        "عدد الأطفال والشباب الذين "
                        f"تحرّروا من الاعتداء عبر الإنترنت، في قضايا دعمتها IJM منذ عام 2011، {FREED_BY_THEN}.</p>"
                        "<p>من السهل أن تمرّ العين على رقم بهذا الحجم. لكن كل واحد فيه زميل لأحدهم "
                        "وجار لأحدهم، وقد عُثر "
                        "عليه.</p>",
                        indicator="rescued",
                        dated="حتى أواخر 2022",
                    ),
                    fact(
                        "يُوقَف المشتبه في أنهم يجعلون ذلك ممكنًا",
                        "<p>تدوم جريمة كهذه ما دام ارتكابها آمنًا. ويقلّ ذلك مع كل طفل تصل إليه "
                        "الشرطة ومع كل تحقيق متقن. "
                        "وتدعم IJM السلطات الفلبينية في الأمرين.</p>",
                        indicator="arrested",
                        dated="حتى أواخر 2022",
                    ),
                    fact(
                        "العثور عليهم بداية التعافي، وهناك من يبقى من أجله",
                        "<p>أمام الطفل الذي تحرّر طريق طويل: بيت آمن حقًّا، ومن تدرّب على الإصغاء، "
                        "ومدرسة، وكثيرًا ما تكون هناك "
                        "قاعة محكمة. تسير IJM هذا الطريق مع الناجين في برنامج رعايتها، مع وزارة "
                        "الرعاية الاجتماعية والتنمية "
                        "في الفلبين، حتى يقفوا من دون مساعدة.</p>",
                        indicator="restored",
                        dated="حتى أواخر 2022",
                    ),
                ],
            },
        },
        text(
            "<h2>ما الذي يفعله ضوء واحد إضافي</h2>"
            "<p>ليس لنا أن نفخر بشيء من هذا. لنا أن نتعلّم منه: أن ننتبه مبكرًا، وأن نعمل معًا، وأن "
            "نبقى ما دامت الحاجة. هكذا "
            "نحاول أن نعمل على ساحلنا، ولهذا يُدفع كل تبرّع إلى Tidelight.</p>"
            f"<p>{FORM_SHORTCODE}</p>"
        ),
    ],
)

TRANSLATIONS: Final[dict[str, Story]] = {"de": GERMAN, "ar": ARABIC}
