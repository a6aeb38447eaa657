-- title (en): Records, weapon by weapon
-- title (uk): Рекорди за видом зброї
-- version: 2
-- definition (en): Every time that more of `weapon` were said to be `outcome` than ever before in the record. `unit` is
--   what is added up: one `post`, all posts on one `night` (18:00 to 18:00), or all whose time ends on one `day` (0:00 to
--   24:00, local time). With `recon` reconnaissance drones count too. Parts of a number and claims that repeat another are
--   left out. The first number of all is no record.
-- definition (uk): Кожен раз, коли повідомлено про більше `weapon` із долею `outcome`, ніж будь-коли раніше в літописі.
--   `unit` - що додається: один допис `post`, усі дописи про одну ніч `night` (з 18:00 до 18:00) або всі, чий час
--   закінчується одного дня `day` (з 0:00 до 24:00 за місцевим часом). З `recon` рахуються й розвідувальні безпілотники.
--   Частини числа й повтори не враховано. Перше число не є рекордом.
-- parameter weapon: weapons = drone | any of these; a composite counts as each of its parts
-- parameter outcome: choice launched,shot_down,lost = launched | what became of them; shot_down takes in what is told in one number with suppressed
-- parameter unit: choice post,night,day = post | what is added up
-- parameter recon: boolean = no | whether reconnaissance drones count
-- parameter since: date = 2022-02-24 | the first night that counts
-- parameter until: date = latest | the last one
-- column night: the night, or the day | ніч або день
-- column n: how many | скільки
-- column before: the record until then | рекорд до того
-- column claims: the claims that this rests on | твердження, на яких це стоїть

WITH counted AS (
    SELECT
        CASE $unit WHEN 'day' THEN t.day ELSE t.night END AS night,
        CASE $unit WHEN 'post' THEN t.document END AS document,
        sum(t.n) AS n,
        list_sort(list(t.claim)) AS claims
    FROM tallies t
    WHERE
        (t.outcome = $outcome OR ($outcome = 'shot_down' AND t.outcome = 'shot_down_or_suppressed'))
        AND NOT t.part AND NOT t.repeats AND t.night BETWEEN $since AND $until
        AND ($recon OR t.family <> 'recon_drone')
        AND EXISTS (SELECT 1 FROM lineage l WHERE l.weapon = t.weapon AND list_contains($weapon, l.is_a))
    GROUP BY ALL
),
best AS (SELECT night, max(n) AS n, arg_max(claims, n) AS claims FROM counted GROUP BY night),
running AS (
    SELECT *, max(n) OVER (ORDER BY night ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
    FROM best
)
SELECT night, n, before, claims
FROM running
WHERE n > before
ORDER BY night
