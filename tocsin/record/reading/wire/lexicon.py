"""The words that the grammar knows, by what they do in a sentence. A table; the rules are beside it."""

# ruff: noqa: E501 - lists of words, wrapped by what they do
from __future__ import annotations

import re

from tocsin.facts import Outcome, Stance


def words_of(words: str) -> frozenset[str]:
    return frozenset(words.split())


BE = words_of("is are was were be been being")
HAVE = words_of("has have had having")
MODAL = words_of("will would can could may might must shall should")
NOT = words_of("not n't never didn't don't doesn't wasn't weren't hasn't haven't hadn't cannot couldn't wouldn't")
DETERMINERS = words_of("the its their his her these those this that our each every any some")
ADVERBS = words_of(
    "also already still only just later then earlier again now reportedly successfully previously immediately simultaneously officially allegedly initially finally separately additionally meanwhile deliberately repeatedly consistently always often even all both once since apparently thus further however electronically locationally overnight yesterday today directly partially completely fully badly severely seriously critically slightly lightly mostly partly heavily together publicly subsequently jointly recently too instead"
)
PREPOSITIONS = words_of(
    "of in on at to for from by with over into under near across around through during after before since between among above against toward towards outside inside along within without via behind beyond amid despite until upon about off onto throughout"
)
CONJUNCTIONS = words_of(
    "and or but nor while whereas as if when because although though so than that which who whom whose where whether"
)
BARRIERS = words_of("while whereas ; but although though because")
"""Where one thing that is said ends and another begins."""

WEEKDAYS = words_of("monday tuesday wednesday thursday friday saturday sunday")
MONTHS = words_of(
    "january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec"
)

# --- weapons ---------------------------------------------------------------------------------------

WEAPON_HEADS = words_of(
    "drone drones uav uavs uas missile missiles rocket rockets bomb bombs shahed shaheds geran gerans gerbera gerberas parody parodiya italmas lancet lancets decoy decoys kab kabs cruise ballistic iskander iskanders iskander-m iskander-ms iskander-k iskander-ks kinzhal kinzhals kalibr kalibrs kaliber kalibers caliber calibers zircon zircons tsirkon tsirkons oniks onyx p-800 kn-23 kn-23s tochka-u oreshnik atacms himars scalp neptune neptunes flamingo flamingos banderol harm s-300 s-300s s-400 s-400s icbm icbms orlan orlan-10 orlan-30 zala supercam"
)
DESIGNATION = re.compile(
    r"(?:kh|x)-?\d{2,3}\w*|(?:shahed|geran|iskander|kn|s|p|orlan)-\w+|\w+(?:-\w+)?/\w+(?:-\w+)?|shahed-type|geran-type|shahed/geran",
    re.IGNORECASE,
)
AIR_HEADS = words_of(
    "targets target weapons threats objects assets means vehicles vehicle systems aircraft munitions boats boat vessels"
)
"""They are weapons only after a word that says so: aerial targets, unmanned aerial vehicles."""
AIR_WORDS = words_of("aerial air unmanned uncrewed airborne")
NOT_HEAD_BEFORE = words_of(
    "attack attacks strike strikes barrage barrages raid raids wave waves assault assaults salvo salvos debris fragments fragment wreckage threat threats alert alerts danger production producer producers maker makers manufacturer factory factories plant plants program programme unit units force forces operator operators crew crews pilot pilots launcher launchers launch launches base bases system systems defence defense defences defenses shield interceptor interceptors parts components technology capabilities stockpile stockpiles arsenal supplies deliveries sightings sighting incursion incursions activity war warfare campaign bombardment onslaught carrier carriers expert experts brigade fire troops range offensive warning warnings explosion explosions facility facilities depot depots warehouse warehouses workshop workshops hangar hangars motor engine engines strategy shelling battery batteries site sites type types"
)
"""After a weapon's name these make it a word that tells which: a drone attack is no drone."""

ATTACK_NOUNS = words_of(
    "attack attacks strike strikes barrage barrages raid raids wave waves assault assaults salvo salvos bombardment onslaught total volley volleys swarm swarms package combination launch launches launching use firing"
)
ATTACK_VERBS = words_of(
    "attacked struck targeted pounded hit bombarded hammered pummelled pummeled blasted attacking striking targeting pounding bombarding attack strike pound target assaulted"
)
INCLUDING_VERBS = words_of("included involved comprised featured consisted including involving comprising saw")

DOWNED = Outcome.SHOT_DOWN
EVENTS: dict[str, Outcome] = {
    word: outcome
    for words, outcome in (
        (
            "downed downs downing destroyed destroys destroying intercepted intercepts intercepting intercept neutralised neutralized neutralise neutralize neutralising neutralizing eliminated eliminating stopped repelled repelling repel thwarted",
            DOWNED,
        ),
        ("suppressed suppressing jammed jamming disabled disabling", Outcome.SUPPRESSED),
        ("lost losing disappeared vanished veered", Outcome.LOST),
        (
            "launched launches launching launch fired fires firing fire used uses using use deployed deploying deploy sent sending send unleashed unleashing unleash dropped dropping drop released hurled lobbed rained employed detected recorded counted tracked registered",
            Outcome.LAUNCHED,
        ),
        ("hit struck reached penetrated slammed landed", Outcome.HIT),
        ("returned flew flown flying crossed entered left headed heading", Outcome.LEFT_AIRSPACE),
    )
    for word in words.split()
}
"""Verbs that say what became of weapons."""
SEEN = words_of("detected recorded counted tracked registered")
"""What an air force says that it saw coming; hits and debris "were recorded" as well."""
CAME = SEEN | {"launched"}
"""Of "30 of the 52 detected drones" what was told of them."""
DOWN_VERBS = words_of(
    "shot shoot shoots shooting brought bring bringing took taken take taking knocked knocking knock gunned"
)
DOWN_PARTICLES = words_of("down out")
SHARES = words_of("half third quarter most majority percent many some several dozens part none few rest bulk")
"""Of how many it is said without a number: "most of which were intercepted"."""
BASE_FORMS = words_of(
    "intercept neutralise neutralize repel launch fire use deploy send unleash drop shoot bring take knock downs destroys intercepts launches fires uses shoots"
)
OF_THEMSELVES = frozenset({Outcome.HIT, Outcome.LEFT_AIRSPACE})
"""What weapons do, rather than what is done to them."""
ABROAD = words_of(
    "belarus belarusian russia russian romania romanian moldova moldovan poland polish airspace russian-controlled occupied back latvia lithuania"
)

# --- people ----------------------------------------------------------------------------------------

PEOPLE = words_of(
    "people persons civilians men women children boys girls residents workers rescuers medics drivers pensioners employees officers firefighters paramedics doctors teachers journalists babies infants toddlers teenagers students passengers soldiers servicemen guards victims others adults minors patients staff members police policemen locals casualties relatives siblings brothers sisters sons daughters grandchildren parents grandparents pupils volunteers engineers farmers tenants individuals citizens nurses shoppers customers guests railwaymen miners technicians prisoners inmates sailors crew bystanders motorists ukrainians russians foreigners nationals tourists elderly cyclists townspeople villagers utilities dead wounded injured fatalities twins humans responders bodies"
)
PERSON = words_of(
    "person civilian man woman child boy girl mother father resident worker rescuer medic driver pensioner employee officer firefighter paramedic doctor teacher journalist baby infant toddler teenager student passenger soldier serviceman guard victim adult minor patient brother sister son daughter wife husband grandmother grandfather grandson granddaughter neighbour neighbor watchman policeman policewoman pupil volunteer engineer farmer schoolboy schoolgirl youth local nurse cyclist motorist citizen miner technician prisoner sailor member staffer adviser advisor aide reporter cameraman photographer correspondent translator interpreter lawyer pastor nun monk chef cook builder welder plumber baker trader activist diplomat scientist athlete coach trainer veteran manager owner entrepreneur firewoman individual other partner parent couple niece nephew aunt uncle guardsman lady pedestrian security-guard housewife cleaner librarian priest electrician mechanic operator combine-driver tractor-driver truck-driver fatality body man's bystander villager ukrainian russian"
)
TWO_PEOPLE = words_of("couple")
NOBODY = words_of("one-body nobody none no-one")
POSSESSIVE = words_of("her his their")
ANIMALS = words_of(
    "pigs pig cows cow cattle horses horse sheep goats chickens hens poultry animals animal dogs dog cats cat livestock head calves bulls birds"
)
TROOPS = words_of("troops servicemen soldiers fighters militants personnel invaders occupiers mercenaries")

HARM: dict[str, str] = {
    word: harm
    for words, harm in (
        ("killed killing kills kill slain murdered", "killed"),
        ("died dying dies perished succumbed", "died"),
        (
            "injured injuring injures wounded wounding wounds hurt hurting hospitalised hospitalized maimed concussed",
            "injured",
        ),
        ("rescued rescuing rescue unblocked freed saved saving", "rescued"),
    )
    for word in words.split()
}
NO_HARM_NOUNS = words_of(
    "casualties casualty injuries injury victims deaths fatalities wounded injured dead killed hurt harmed"
)

# --- things ----------------------------------------------------------------------------------------

THINGS = words_of(
    "building buildings house houses home homes apartment apartments flat flats block blocks school schools kindergarten kindergartens hospital hospitals clinic clinics infrastructure windows window roof roofs station stations warehouse warehouses facility facilities substation substations port ports church churches cathedral museum museums university universities college enterprise enterprises shop shops store stores supermarket mall market markets railway railways track tracks train trains bridge bridges car cars vehicle vehicles bus buses truck trucks tram trams trolleybus van vans minibus minibuses tractor tractors lorry lorries dormitory dormitories dorm plant plants depot depots warship warships submarine submarines refinery refineries airfield airbase factory factories workshop workshops centre center hotel hotels hostel hostels cafe restaurant restaurants office offices library theatre theater garage garages farm farms barn barns granary elevator elevators silo silos grain tank tanks pipeline pipelines equipment networks network grid lines line farmhouse household households property properties high-rise high-rises skyscraper tower towers pharmacy playground stadium gym lyceum institution institutions terminal terminals vessel vessels ship ships ferry boats boat embassy embassies consulate headquarters city-hall premises structure structures monument cemetery bakery brewery supermarkets businesses hypermarket hypermarkets pavilion pavilions kiosk kiosks stall stalls entrance entrances business complex ambulance ambulances pumping water gas heating system dam reservoir forest field yard courtyard courtyards shed sheds outbuildings greenhouse utility sites site locomotive carriage carriages wagon wagons oil fuel floor floors storeys stories stairwell facade balconies ceiling plane planes jet jets bombers helicopter helicopters mission runway hangar hangars airport airports warplanes aircraft ward wards road roads street streets storage neighbourhood neighbourhoods neighborhood neighborhoods sanatorium sanatoriums studio studios supply supplies park parks"
)
DAMAGE: dict[str, str] = {
    word: state
    for words, state in (
        (
            "damaged damaging damages damage impacted impacting affected",
            "damaged",
        ),
        (
            "destroyed destroying destroys destroy reduced levelled leveled flattened demolished gutted ruined collapsed wrecked wrecking",
            "destroyed",
        ),
        ("hit hitting struck striking slammed smashed crashed ripped tore falling fell pierced", "hit"),
        ("torn", "destroyed"),
        ("burnt burned burning ablaze", "on fire"),
        ("shattered shattering blown blew knocked holed broke broken breaking", "damaged"),
        ("interrupted", "without power"),
    )
    for word in words.split()
}
FIRES = words_of("fire fires blaze blazes flames")
FIRE_VERBS = words_of(
    "caused causing sparked sparking started starting triggered triggering ignited set setting caught broke broken erupted battling raging extinguished engulfed engulfing spread spreading extinguishing put battled fought fighting tackled tearing erupting"
)

# --- those who speak -------------------------------------------------------------------------------

SPEECH: dict[str, Stance] = {
    word: stance
    for words, stance in (
        (
            "said says say saying told wrote writes documented reported reports reporting added adds adding announced announces stated states claimed claims claiming confirmed confirms confirming noted noting posted tweeted stressed emphasised emphasized declared explained accused accuses accusing echoed echoes alleged insisted argued acknowledged admitted recalled revealed estimated described called calling calls condemned believes thinks clarified specified informed informs published distributed released shared commented replied concluded conceded deplored denounced decried lamented correcting shows showed considers blamed blames blaming",
            Stance.ASSERTS,
        ),
        (
            "denied denies denying deny rejected rejects rejecting dismissed dismisses refuted disputed disputes",
            Stance.DENIES,
        ),
        ("warned warns warning cautioned", Stance.WARNS),
        (
            "pledged pledges pledging vowed vows vowing promised promises promising threatened threatens committed",
            Stance.PLEDGES,
        ),
        (
            "urged urges urging appealed appeals appealing requested requests requesting asked asks asking demanded demands begged pleaded",
            Stance.REQUESTS,
        ),
        ("downplayed downplays downplaying", Stance.DOWNPLAYS),
    )
    for word in words.split()
}
PLAIN_SPEECH = words_of(
    "said says say saying told wrote writes reported reports reporting added adds adding announced stated claimed confirmed noted informs posted according tweeted specified clarified informed explained revealed emphasised emphasized stressed"
)
IMAGES = words_of("images image photos photo photographs picture pictures video videos footage")
SHOWING = words_of("published distributed released shared posted showed shows")

ROLES = words_of(
    "governor governors mayor mayors official officials authorities authority ministry minister ministers president presidents spokesman spokeswoman spokesperson spokesmen head heads chief chiefs commander commanders force forces military administration service services police prosecutor prosecutors prosecutor's office rescuers general staff army kremlin government department secretary envoy ambassador embassy council operator directorate intelligence agency agencies media leader leaders chancellor premier deputy adviser advisor aide parliament lawmaker lawmakers statement bulletin data report firefighters emergency defence defense witnesses witness journalists reporters correspondent correspondents company residents medics doctors family analysts experts monitors monitor group command navy union nato un u.n. nations organisation organization sides side hq headquarters units units' channel channels institute ukrenergo dtek naftogaz sbu gur administration's defenders parliamentarian general colonel captain bloc commission coach bank source sources"
)
LOCAL_ROLES = words_of(
    "governor governors mayor mayors head heads administration authorities officials prosecutors prosecutor"
)
STATES = {
    "ukraine": "Ukraine",
    "russia": "Russia",
    "kyiv": "Kyiv",
    "kiev": "Kyiv",
    "moscow": "Moscow",
    "washington": "Washington",
    "kremlin": "the Kremlin",
    "minsk": "Minsk",
    "beijing": "Beijing",
    "pyongyang": "Pyongyang",
    "seoul": "Seoul",
    "london": "London",
    "berlin": "Berlin",
    "paris": "Paris",
    "warsaw": "Warsaw",
    "brussels": "Brussels",
    "ankara": "Ankara",
    "tehran": "Tehran",
    "poland": "Poland",
    "germany": "Germany",
    "france": "France",
    "britain": "Britain",
    "belarus": "Belarus",
    "romania": "Romania",
    "moldova": "Moldova",
    "china": "China",
    "iran": "Iran",
    "nato": "NATO",
    "bucharest": "Bucharest",
    "chisinau": "Chisinau",
}
"""Cities and countries that speak for governments."""
PRONOUNS = words_of("he she it they who")
PAPERS = words_of("censor interfax-ukraine rbc-ukraine ukrinform unn")
"""Whoever writes "..., UNN reports" below another's words is nobody who says so."""

ELSEWHERE = (
    *("Gaza", "Israel", "Hamas", "Hezbollah", "Leban", "Beirut", "Yemen", "Houthi", "Syria", "Damascus", "Iraq"),
    *("Sudan", "Afghan", "Pakistan", "Myanmar", "Tehran", "West Bank", "Red Sea", "Somali", "Kashmir", "Ethiopia"),
    *("Armenia", "Azerbaijan", "India", "Congo", "Libya", "Mali"),
)
"""How names begin that say of another war."""

THE_WAR = (
    *(
        "full-scale invasion",
        "military administration",
        "Ukrain",
        "Russia",
        "Kyiv",
        "Kiev",
        "Kremlin",
        "Moscow",
        "Zelensk",
        "Kharkiv",
        "Odesa",
        "Odessa",
        "Kherson",
    ),
    *(
        "Crimea",
        "Sevastopol",
        "Belgorod",
        "Kursk",
        "Bryansk",
        "Voronezh",
        "Rostov",
        "Krasnodar",
        "Novorossiysk",
        "Tatarstan",
        "Samara",
        "Saratov",
        "Ryazan",
        "Smolensk",
        "Dnipro",
        "Zaporizh",
        "Mykolaiv",
    ),
    *("Lviv", "Sumy", "Poltava", "Chernihiv", "Cherkasy", "Zhytomyr", "Rivne", "Lutsk", "Volyn", "Ternopil"),
    *("Vinnytsia", "Khmelnytsk", "Kirovohrad", "Kropyvnytsk", "Uzhhorod", "Chernivtsi", "Ivano-Frankivsk", "Kryvyi"),
    *("Kramatorsk", "Sloviansk", "Nikopol", "Izmail", "Donetsk", "Luhansk", "Kinzhal", "Iskander", "Kalibr", "Shahed"),
    *("Kh-101", "Kh-55", "Kh-59", "Kh-22", "KN-23", "Gerbera", "Geran-", "Primorsko", "Lipetsk", "Tambov", "Taganrog"),
)
"""How names begin that say of this one."""
