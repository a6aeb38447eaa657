-- title (en): Warning before the first reported impact
-- title (uk): Скільки часу було від тривоги до першого повідомленого влучання
-- version: 1
-- definition (en): For every zone of the top level and every attack in which something was said to be hit, damaged or somebody
--   harmed there at a known hour, the minutes from the beginning of the alert that stood at the first of these moments.
--   Where none stood, `alert_since` is empty and `minutes` is unknown, not 0. Hours are as the sources tell them; an
--   impact of which no hour is told is not in this table.
-- definition (uk): Для кожної зони верхнього рівня й кожної атаки, у якій повідомлено про влучання, пошкодження чи
--   потерпілих у відому годину, - хвилини від початку тривоги, що тривала в перший із цих моментів. Якщо тривоги не
--   було, `alert_since` порожнє, а `minutes` невідоме, не 0. Години - такі, як їх називають джерела; влучання без
--   години до цієї таблиці не входить.
-- parameter place: zones = | only these zones; all, if empty
-- parameter covering: choice any,whole = whole | whether alerts of some part of a zone count
-- parameter since: date = 2022-02-24 | the first night that counts
-- parameter until: date = latest | the last one
-- column attack: the attack | атака
-- column night: its night | її ніч
-- column zone: where | де
-- column impact_at: the first reported impact there, UTC | перше повідомлене влучання там, UTC
-- column alert_since: the beginning of the alert that stood then, UTC | початок тривоги, що тоді тривала, UTC
-- column minutes: minutes between them | хвилини між ними
-- column claim: the claim that tells of the impact | твердження, що каже про влучання

WITH first AS (
    SELECT i.attack, i.night, i.zone, min(i.at) AS impact_at, arg_min(i.claim, i.at) AS claim
    FROM impacts i
    WHERE
        i.night BETWEEN $since AND $until
        AND (len($place) = 0 OR list_contains($place, i.zone))
    GROUP BY i.attack, i.night, i.zone
)
SELECT
    f.attack,
    f.night,
    f.zone,
    f.impact_at,
    a.since AS alert_since,
    round((epoch(f.impact_at) - epoch(a.since)) / 60, 1) AS minutes,
    f.claim
FROM first f
LEFT JOIN alerts a
    ON a.zone = f.zone AND a.whole = ($covering = 'whole') AND a.since <= f.impact_at AND a.until > f.impact_at
ORDER BY f.night, f.zone
