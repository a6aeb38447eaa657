-- title (en): Launched and downed, month by month
-- title (uk): Запущено й знешкоджено, місяць за місяцем
-- version: 2
-- definition (en): What was said of `weapon` in each month, every outcome in a column of its own, since sources count
--   differently and have changed how they count. `series` is the same number for months that may be compared; it goes up
--   where the meaning of a number changed, and `breaks` says how. Empty is not 0: nothing was said. Parts of a number and
--   claims that repeat another are left out.
-- definition (uk): Що сказано про `weapon` у кожному місяці, кожна доля в окремому стовпці, бо джерела рахують по-різному й
--   змінювали спосіб. `series` однакове для місяців, які можна порівнювати; воно зростає там, де зміст числа змінився,
--   а `breaks` каже, як. Порожнє - не 0: нічого не сказано. Частини числа й повтори не враховано.
-- parameter weapon: weapons = drone | any of these; a composite counts as each of its parts
-- parameter recon: boolean = no | whether reconnaissance drones count
-- parameter since: date = 2022-02-24 | the first night that counts
-- parameter until: date = latest | the last one
-- column month: the first day of the month | перший день місяця
-- column nights: nights of which anything is said | ночі, про які щось сказано
-- column launched: said to be launched | запущено, як сказано
-- column shot_down: shot down | збито
-- column suppressed: suppressed | подавлено
-- column shot_down_or_suppressed: told in one number | названо одним числом
-- column lost: lost from sight, or said not to have reached their targets | локаційно втрачено або не досягли цілей
-- column left_airspace: flew on into another country | полетіли далі в іншу країну
-- column airborne: still flying when it was told | ще летіли, коли про це сказано
-- column series: months with the same number may be compared | місяці з однаковим числом можна порівнювати
-- column breaks: what changed in this month | що змінилося цього місяця

WITH counted AS (
    SELECT date_trunc('month', t.night)::DATE AS month, t.night, t.outcome, t.n
    FROM tallies t
    WHERE
        NOT t.part AND NOT t.repeats AND t.night BETWEEN $since AND $until
        AND ($recon OR t.family <> 'recon_drone')
        AND EXISTS (SELECT 1 FROM lineage l WHERE l.weapon = t.weapon AND list_contains($weapon, l.is_a))
)
SELECT
    c.month,
    count(DISTINCT c.night) AS nights,
    sum(c.n) FILTER (c.outcome = 'launched') AS launched,
    sum(c.n) FILTER (c.outcome = 'shot_down') AS shot_down,
    sum(c.n) FILTER (c.outcome = 'suppressed') AS suppressed,
    sum(c.n) FILTER (c.outcome = 'shot_down_or_suppressed') AS shot_down_or_suppressed,
    sum(c.n) FILTER (c.outcome = 'lost') AS lost,
    sum(c.n) FILTER (c.outcome = 'left_airspace') AS left_airspace,
    sum(c.n) FILTER (c.outcome = 'airborne') AS airborne,
    (SELECT count(*) + 1 FROM breaks b WHERE b.since <= c.month) AS series,
    (SELECT string_agg(b.en, ' ') FROM breaks b WHERE b.since = c.month) AS breaks
FROM counted c
GROUP BY c.month
ORDER BY c.month
