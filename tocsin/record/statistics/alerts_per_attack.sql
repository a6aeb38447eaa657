-- title (en): Alerts and hours per attack
-- title (uk): Тривоги й години на одну атаку
-- version: 2
-- definition (en): For every attack in the record, the alerts of zones of the top level during it: from its beginning to its
--   end, as somebody set them or over the hours that its counts tell, otherwise from 18:00 to 18:00. An alert is a longest
--   stretch of time in which the zone, or, with `covering` any, some part of it, was under alert; it counts where any of
--   it lies in the attack, and only those hours of it that do. With `place` only those zones. Where `alerts` is 0, none was recorded: the record of alerts
--   may begin later or have ended before.
-- definition (uk): Для кожної атаки в літописі - тривоги зон верхнього рівня під час неї: від її початку до кінця,
--   як їх хтось визначив або за годинами, які називають її підрахунки, інакше з 18:00 до 18:00. Тривога - найдовший
--   проміжок, у який зона або, з `covering` any, якась її частина була під тривогою; вона рахується, якщо хоч частина її припадає на атаку, і лише з тими
--   годинами. З `place` - лише ці зони. Якщо `alerts` - 0, жодної не записано: запис тривог може починатися пізніше
--   або скінчитися раніше.
-- parameter place: zones = | only these zones; all of the top level, if empty
-- parameter covering: choice any,whole = any | whether alerts of some part of a zone count
-- parameter since: date = 2022-02-24 | the first night that counts
-- parameter until: date = latest | the last one
-- column attack: the attack | атака
-- column night: its night | її ніч
-- column since: when it began, UTC | коли почалася, UTC
-- column until: when it ended, UTC | коли скінчилася, UTC
-- column zones: zones under alert at any moment | зони, де хоч якоїсь миті була тривога
-- column alerts: alerts | тривоги
-- column hours: hours under alert, of all zones together | години тривоги, усіх зон разом
-- column longest_h: the longest of these alerts within the attack, in hours
--   | найдовша з цих тривог у межах атаки, у годинах

WITH within AS (
    SELECT
        k.attack,
        a.zone,
        (epoch(least(a.until, k.until)) - epoch(greatest(a.since, k.since))) / 3600 AS hours
    FROM attacks k
    JOIN alerts a ON a.since < k.until AND a.until > k.since
    WHERE
        a.whole = ($covering = 'whole')
        AND (len($place) = 0 OR list_contains($place, a.zone))
)
SELECT
    k.attack,
    k.night,
    k.since,
    k.until,
    count(DISTINCT w.zone) AS zones,
    count(w.zone) AS alerts,
    round(coalesce(sum(w.hours), 0), 2) AS hours,
    round(max(w.hours), 2) AS longest_h
FROM attacks k
LEFT JOIN within w ON w.attack = k.attack
WHERE k.night BETWEEN $since AND $until
GROUP BY ALL
ORDER BY k.night, k.attack
