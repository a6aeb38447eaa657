-- title (en): Days since the last combined attack on a place
-- title (uk): Скільки днів минуло від останньої комбінованої атаки на місце
-- version: 2
-- definition (en): The night before `night` in which missiles and attack drones were launched together upon the place,
--   and the days between the two. A night counts where at least `missiles` of `weapon` and at least `drones` attack
--   drones were said to be launched, in times that overlap or lie at most `within_h` hours apart; and, if `and_weapon`
--   is named, at least one of that too. `known_by` says what shows that the place was meant: `weapon`, a claim about
--   those missiles names it; `post`, any claim of the same post names it; `alert`, it was under alert as a whole for at
--   least `alert_min` minutes while they flew; `anywhere`, nothing, and the place does not matter. `inclusive` counts
--   both nights. Parts of a number and claims that repeat another are left out. Where `night_itself` is no, the night
--   asked about does not meet the definition itself.
-- definition (uk): Ніч перед `night`, у яку ракети й ударні безпілотники запустили разом по місцю, і дні між ними.
--   Ніч рахується, якщо повідомлено про запуск щонайменше `missiles` ракет `weapon` і щонайменше `drones` ударних
--   безпілотників, у час, що збігається або різниться не більш як на `within_h` годин; а якщо названо `and_weapon`, то
--   й хоча б однієї такої. `known_by` каже, з чого видно, що йдеться про місце: `weapon` - його називає твердження про ці
--   ракети; `post` - будь-яке твердження того самого допису; `alert` - там щонайменше `alert_min` хвилин тривала
--   повна тривога, поки вони летіли; `anywhere` - ні з чого, місце не має значення. `inclusive` рахує обидві ночі.
--   Частини числа й повтори не враховано. Якщо `night_itself` - ні, сама ця ніч не відповідає визначенню.
-- parameter night: date = latest | the night that is asked about
-- parameter place: zones = UA-30,UA-32 | zones, any of which will do
-- parameter weapon: weapons = missile | what the missiles are, any of these; a composite counts as each of its parts
-- parameter and_weapon: weapons = | a second kind that was launched too; none, if empty
-- parameter missiles: integer 1..1000 = 1 | at least so many missiles
-- parameter drones: integer 0..10000 = 1 | at least so many attack drones
-- parameter within_h: integer 0..48 = 12 | hours between the two at most
-- parameter known_by: choice weapon,post,alert,anywhere = post | what shows that the place was meant
-- parameter alert_min: integer 1..1440 = 10 | minutes of alert, where the alert shows it
-- parameter inclusive: boolean = no | whether both nights are counted
-- column night: the night asked about | ніч, про яку питають
-- column night_itself: whether it meets the definition itself | чи відповідає визначенню вона сама
-- column last_night: the last one before it that does; empty where the record knows of none
--   | остання перед нею, що відповідає; порожньо, якщо літопис такої не знає
-- column days: days between them | дні між ними
-- column missiles: of `weapon`, launched in that last night | ракети `weapon`, запущені тієї останньої ночі
-- column drones: attack drones launched in it | ударні безпілотники, запущені тоді
-- column claims: the claims that this rests on | твердження, на яких це стоїть
-- variant any_missile: weapon=missile known_by=post | any missile and any attack drone in a post that names the place
--   | будь-яка ракета й будь-який ударний безпілотник у дописі, що називає місце
-- variant four_missiles: weapon=missile missiles=4 known_by=post | at least four missiles in a post that names the place
--   | щонайменше чотири ракети в дописі, що називає місце
-- variant missile_named: weapon=missile known_by=weapon | a claim about the missiles themselves names the place
--   | твердження про самі ракети називає місце
-- variant cruise_named: weapon=cruise_missile known_by=weapon | a claim about cruise missiles names the place
--   | твердження про крилаті ракети називає місце
-- variant strategic: weapon=kh-101,kh-555 known_by=post | Kh-101 or Kh-555 in a post that names the place
--   | Х-101 або Х-555 у дописі, що називає місце
-- variant strategic_alert: weapon=kh-101,kh-555 known_by=alert place=UA-30 | Kh-101 or Kh-555, and the city under alert
--   | Х-101 або Х-555, і в місті тривога
-- variant cruise_and_ballistic: weapon=kh-101,kh-555 and_weapon=iskander-m,kn-23 known_by=post | Kh-101 or Kh-555 with Iskander-M or KN-23
--   | Х-101 або Х-555 разом з Іскандер-М чи KN-23
-- variant cruise_and_ballistic_inclusive: weapon=kh-101,kh-555 and_weapon=iskander-m,kn-23 known_by=post inclusive=yes | the same, with both nights counted
--   | те саме, якщо рахувати обидві ночі

WITH launched AS (
    SELECT
        t.*,
        EXISTS (SELECT 1 FROM lineage l WHERE l.weapon = t.weapon AND list_contains($weapon, l.is_a)) AS missile,
        EXISTS (SELECT 1 FROM lineage l WHERE l.weapon = t.weapon AND list_contains($and_weapon, l.is_a)) AS second,
        t.family = 'drone' AS drone
    FROM tallies t
    WHERE t.outcome = 'launched' AND NOT t.part AND NOT t.repeats AND t.n > 0 AND t.night <= $night
),
missiles AS (
    SELECT m.*
    FROM launched m
    WHERE
        m.missile
        AND CASE $known_by
            WHEN 'weapon' THEN EXISTS (
                SELECT 1 FROM places p
                WHERE p.document = m.document AND p.weapon = m.weapon AND list_contains($place, p.zone)
            )
            WHEN 'post' THEN EXISTS (
                SELECT 1 FROM places p WHERE p.document = m.document AND list_contains($place, p.zone)
            )
            WHEN 'alert' THEN (
                SELECT coalesce(sum(epoch(least(a.until, m.until)) - epoch(greatest(a.since, m.since))), 0)
                FROM alerts a
                WHERE
                    list_contains($place, a.zone) AND a.whole
                    AND a.since < m.until AND a.until > m.since
            ) >= 60 * $alert_min
            ELSE true
        END
),
pairs AS (
    SELECT m.night, m.claim AS missile_claim, m.n AS missile_n, d.claim AS drone_claim, d.n AS drone_n
    FROM missiles m
    JOIN launched d
        ON d.night = m.night AND d.drone
        AND d.since <= m.until + to_hours($within_h) AND m.since <= d.until + to_hours($within_h)
),
counted AS (
    SELECT
        night,
        (SELECT sum(missile_n) FROM (SELECT DISTINCT missile_claim, missile_n FROM pairs x WHERE x.night = p.night)) AS missiles,
        (SELECT sum(drone_n) FROM (SELECT DISTINCT drone_claim, drone_n FROM pairs x WHERE x.night = p.night)) AS drones,
        list_sort(list_distinct(list(missile_claim) || list(drone_claim))) AS claims
    FROM pairs p
    GROUP BY night
),
alone AS (  -- where no drones are asked for
    SELECT night, sum(n) AS missiles, 0 AS drones, list_sort(list(claim)) AS claims
    FROM missiles
    WHERE $drones = 0 AND night NOT IN (SELECT night FROM counted)
    GROUP BY night
),
combined AS (
    SELECT *
    FROM (SELECT * FROM counted UNION ALL SELECT * FROM alone) c
    WHERE
        c.missiles >= $missiles AND c.drones >= $drones
        AND (
            len($and_weapon) = 0
            OR EXISTS (SELECT 1 FROM launched s WHERE s.night = c.night AND s.second)
        )
)
SELECT
    $night AS night,
    EXISTS (SELECT 1 FROM combined c WHERE c.night = $night) AS night_itself,
    last.night AS last_night,
    date_diff('day', last.night, $night) + CASE WHEN $inclusive THEN 1 ELSE 0 END AS days,
    last.missiles,
    last.drones,
    last.claims
FROM (SELECT 1) one
LEFT JOIN (SELECT * FROM combined WHERE night < $night ORDER BY night DESC LIMIT 1) last ON true
