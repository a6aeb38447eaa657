-- title (en): Share downed, with what is unknown
-- title (uk): Частка знешкоджених і те, що невідомо
-- version: 2
-- definition (en): Of what posts said was launched of `weapon`, the share of each fate, by `by`. Only posts that tell both how
--   many were launched and how many were shot down or suppressed are counted; of how many launched no fate is told stands
--   in `untold`. `unknown` is what the fates leave of the launched, and may be hits, or anything else. The share is
--   between `share_low`, as if none of the unknown was downed, and `share_high`, as if all were. Where the fates come to
--   more than was launched, `unknown` is below 0 and the posts contradict themselves. Do not compare over a change of
--   `series`.
-- definition (uk): Частка кожної долі серед запущених `weapon`, за `by`. Враховано лише дописи, що називають і скільки
--   запущено, і скільки збито чи подавлено; скільки запущено без жодної названої долі - у `untold`. `unknown` - решта
--   запущених: влучання або будь-що інше. Частка лежить між `share_low`, ніби з невідомих не знешкоджено жодного, і
--   `share_high`, ніби всіх. Якщо долі разом більші за запущене, `unknown` від'ємне: дописи суперечать собі. Не
--   порівнюйте через зміну `series`.
-- parameter weapon: weapons = shahed | any of these; a composite counts as each of its parts
-- parameter by: choice night,month = month | what one row is
-- parameter recon: boolean = no | whether reconnaissance drones count
-- parameter since: date = 2022-02-24 | the first night that counts
-- parameter until: date = latest | the last one
-- column since: the first day of the row | перший день рядка
-- column launched: said to be launched, in posts that tell a fate too | запущено, за дописами, що називають і долю
-- column downed: shot down, suppressed, or told in one number | збито, подавлено або названо одним числом
-- column lost: lost from sight, or said not to have reached their targets | локаційно втрачено або не досягли цілей
-- column elsewhere: left the airspace, or still flying when it was told
--   | вийшли з повітряного простору або ще летіли, коли про це сказано
-- column unknown: launched, less all of these | запущені без усіх цих
-- column share_low: downed of launched | частка знешкоджених із запущених
-- column share_high: downed and unknown of launched | частка знешкоджених і невідомих із запущених
-- column untold: launched, in posts that tell no fate | запущено, за дописами без жодної долі
-- column series: rows with the same number may be compared | рядки з однаковим числом можна порівнювати

WITH told AS (
    SELECT
        t.document,
        t.weapon,
        min(t.night) AS night,
        sum(t.n) FILTER (t.outcome = 'launched') AS launched,
        sum(t.n) FILTER (t.outcome IN ('shot_down', 'suppressed', 'shot_down_or_suppressed')) AS downed,
        coalesce(sum(t.n) FILTER (t.outcome = 'lost'), 0) AS lost,
        coalesce(sum(t.n) FILTER (t.outcome IN ('left_airspace', 'airborne')), 0) AS elsewhere
    FROM tallies t
    WHERE
        NOT t.part AND NOT t.repeats AND t.night BETWEEN $since AND $until
        AND ($recon OR t.family <> 'recon_drone')
        AND EXISTS (SELECT 1 FROM lineage l WHERE l.weapon = t.weapon AND list_contains($weapon, l.is_a))
    GROUP BY t.document, t.weapon
),
rows AS (
    SELECT
        CASE $by WHEN 'night' THEN t.night ELSE date_trunc($by, t.night)::DATE END AS since,
        sum(t.launched) FILTER (t.launched IS NOT NULL AND t.downed IS NOT NULL) AS launched,
        sum(t.downed) FILTER (t.launched IS NOT NULL AND t.downed IS NOT NULL) AS downed,
        sum(t.lost) FILTER (t.launched IS NOT NULL AND t.downed IS NOT NULL) AS lost,
        sum(t.elsewhere) FILTER (t.launched IS NOT NULL AND t.downed IS NOT NULL) AS elsewhere,
        coalesce(sum(t.launched) FILTER (t.downed IS NULL), 0) AS untold
    FROM told t
    GROUP BY 1
)
SELECT
    r.since,
    r.launched,
    r.downed,
    r.lost,
    r.elsewhere,
    r.launched - r.downed - r.lost - r.elsewhere AS unknown,
    round(r.downed / nullif(r.launched, 0), 4) AS share_low,
    round((r.launched - r.lost - r.elsewhere) / nullif(r.launched, 0), 4) AS share_high,
    r.untold,
    (SELECT count(*) + 1 FROM breaks b WHERE b.since <= r.since) AS series
FROM rows r
ORDER BY r.since
