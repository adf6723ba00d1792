"""The eight planted interests: their communities, styles, words and how their share changes over time."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Style:
    """A corner of an interest: what titles are about, and the tags people give."""

    name: str
    subjects: tuple[str, ...]
    tags: tuple[str, ...]


@dataclass(frozen=True)
class Interest:
    """`slope`: relative change of the interest's share from the first to the last day, as a share of its mean."""

    name: str
    community: int
    slope: float
    activity: str
    setting: tuple[str, ...]
    facets: tuple[str, ...]
    styles: tuple[Style, ...]

    @property
    def direction(self) -> str:
        return "rising" if self.slope > 0 else "fading" if self.slope < 0 else "steady"


# a table, read by rows
# fmt: off
INTERESTS = (
    Interest(
        "ceramics", 0, -0.9, "working with clay",
        ("at the kitchen table", "in a shared studio", "after a long day", "beside a humming kiln"),
        ("glaze recipes", "throwing exercises", "kiln schedules", "clay samples", "trimming drills", "firing charts",
         "slip techniques", "handle pulling tips"),
        (Style("Wheel Throwing", ("Wheel Throwing", "Porcelain Bowls", "Stoneware Mugs", "Tall Vases", "Teapot Making"),
               ("wheel", "stoneware", "porcelain")),
         Style("Hand Building", ("Slab Building", "Pinch Pots", "Coil Vessels", "Clay Sculpture", "Tile Making"),
               ("hand building", "slab", "sculpture")),
         Style("Glazing", ("Celadon Glazes", "Ash Glazing", "Underglaze Painting", "Majolica", "Glaze Chemistry"),
               ("glaze", "celadon", "colour")),
         Style("Firing", ("Raku Firing", "Wood Firing", "Pit Firing", "Kiln Building", "Saggar Firing"),
               ("kiln", "raku", "firing"))),
    ),
    Interest(
        "film photography", 0, 0.9, "shooting on film",
        ("in the darkroom", "on a grey morning", "on an empty street", "at the edge of town"),
        ("exposure notes", "developing times", "darkroom prints", "lens comparisons", "light meter lessons",
         "contact sheets", "film stock tests", "composition studies"),
        (Style("Darkroom", ("Darkroom Printing", "Film Developing", "Fibre Prints", "Contact Sheets", "Split Grading"),
               ("darkroom", "developing", "prints")),
         Style("Street", ("Street Photography", "Rangefinder Walks", "City Nights on Film", "Candid Portraits",
                          "Market Days on Film"), ("street", "rangefinder", "35mm")),
         Style("Large Format", ("Large Format Landscapes", "View Camera Craft", "Glass Plates", "Tintypes",
                                "Pinhole Cameras"), ("large format", "pinhole", "landscape")),
         Style("Colour Film", ("Slide Film", "Colour Negatives", "Expired Film", "Double Exposures", "Instant Film"),
               ("slide film", "instant", "colour film"))),
    ),
    Interest(
        "trail running", 1, 0.0, "running on trails",
        ("on a muddy ridge", "before sunrise", "in the last climb", "on a windy pass"),
        ("hill repeats", "pacing tables", "shoe reviews", "route maps", "recovery routines", "fuelling plans",
         "descent drills", "race reports"),
        (Style("Ultra", ("Ultra Distances", "Hundred Mile Races", "Night Running", "Crew Planning", "Pacing"),
               ("ultra", "endurance", "night run")),
         Style("Mountain", ("Mountain Running", "Skyrunning", "Alpine Descents", "Ridge Routes", "Scree Running"),
               ("mountain", "ridge", "elevation")),
         Style("Training", ("Hill Training", "Running Strength", "Easy Miles", "Trail Intervals", "Running Form"),
               ("training", "hills", "strength")),
         Style("Gear", ("Trail Shoes", "Running Vests", "Head Torches", "Running Poles", "Wet Weather Running"),
               ("gear", "shoes", "headlamp"))),
    ),
    Interest(
        "gardening", 1, 0.0, "growing things",
        ("in a small backyard", "on the balcony", "after the first frost", "under old apple trees"),
        ("seed calendars", "compost recipes", "pruning diagrams", "planting plans", "soil tests", "pest remedies",
         "watering schedules", "harvest notes"),
        (Style("Vegetables", ("Kitchen Gardens", "Heirloom Tomatoes", "Raised Beds", "Winter Greens", "Root Crops"),
               ("vegetables", "tomatoes", "raised bed")),
         Style("Flowers", ("Cottage Borders", "Dahlia Growing", "Meadow Planting", "Rose Pruning", "Spring Bulbs"),
               ("flowers", "roses", "perennials")),
         Style("Soil", ("Compost Making", "No-Dig Gardening", "Living Soil", "Mulching", "Worm Farming"),
               ("compost", "soil", "no dig")),
         Style("Orchard", ("Apple Orchards", "Fruit Tree Grafting", "Espalier Training", "Berry Patches",
                           "Fig Growing"), ("orchard", "grafting", "fruit"))),
    ),
    Interest(
        "astronomy", 2, 0.9, "watching the night sky",
        ("under a dark sky", "on a cold clear night", "from the back garden", "far from city lights"),
        ("star charts", "telescope tips", "eclipse tables", "observing lists", "eyepiece advice", "moon maps",
         "nebula sketches", "stacking tutorials"),
        (Style("Deep Sky", ("Deep-Sky Observing", "Galaxy Hunting", "Nebula Watching", "Star Clusters",
                            "Double Stars"), ("deep sky", "nebula", "galaxy")),
         Style("Planets", ("Planet Watching", "Moon Mapping", "Saturn's Rings", "Jupiter's Moons", "Mars Oppositions"),
               ("planets", "moon", "saturn")),
         Style("Telescopes", ("Telescope Building", "Mirror Grinding", "Dobsonian Mounts", "Finder Scopes",
                              "Observatory Sheds"), ("telescope", "optics", "dobsonian")),
         Style("Astrophotography", ("Astrophotography", "Star Trails", "Milky Way Nights", "Comet Imaging",
                                    "Image Stacking"), ("astrophotography", "milky way", "comet"))),
    ),
    Interest(
        "board games", 2, -0.9, "playing board games",
        ("on a rainy weekend", "with four players", "at our weekly game night", "around a crowded table"),
        ("rule summaries", "opening strategies", "solo variants", "scoring sheets", "house rules", "player aids",
         "scenario cards", "component lists"),
        (Style("Strategy", ("Worker Placement", "Area Control", "Economic Games", "Engine Building", "Auction Games"),
               ("strategy", "worker placement", "euro game")),
         Style("Cooperative", ("Cooperative Quests", "Rescue Missions", "Mystery Cases", "Pandemic Puzzles",
                               "Legacy Campaigns"), ("cooperative", "legacy", "campaign")),
         Style("Abstract", ("Chess Endings", "Go Openings", "Hex Tactics", "Checkers Classics", "Shogi Basics"),
               ("abstract", "chess", "tactics")),
         Style("Party", ("Bluffing Games", "Word Duels", "Dice Classics", "Trick Taking", "Drawing Games"),
               ("party game", "bluffing", "dice"))),
    ),
    Interest(
        "jazz", 3, 0.0, "listening to jazz",
        ("late at night", "in a small club", "with good headphones", "on a slow Sunday"),
        ("solo transcriptions", "liner notes", "chord charts", "live takes", "rhythm studies", "horn arrangements",
         "listening guides", "session stories"),
        (Style("Bebop", ("Bebop Lines", "Alto Saxophone Solos", "Trumpet Battles", "Harlem Nights", "Fast Changes"),
               ("bebop", "saxophone", "solo")),
         Style("Cool", ("Cool Jazz Ballads", "Brushes and Bass", "West Coast Sessions", "Vibraphone Moods",
                        "Quiet Trios"), ("cool jazz", "ballads", "trio")),
         Style("Big Band", ("Big Band Swing", "Horn Sections", "Ballroom Arrangements", "Swing Era Stories",
                            "Count-In Grooves"), ("big band", "swing", "arrangement")),
         Style("Piano", ("Jazz Piano Voicings", "Stride Piano", "Modal Harmony", "Blues Choruses", "Solo Piano Nights"),
               ("piano", "harmony", "voicings"))),
    ),
    Interest(
        "coffee brewing", 3, 0.0, "brewing coffee",
        ("first thing in the morning", "at a tiny counter", "with friends on Saturday", "between two meetings"),
        ("brew ratios", "grind charts", "roast profiles", "tasting notes", "water recipes", "pouring drills",
         "bean guides", "milk lessons"),
        (Style("Pour-Over", ("Pour-Over Coffee", "Paper Filters", "Chemex Mornings", "Bloom and Pour",
                             "Gooseneck Technique"), ("pour over", "filter", "chemex")),
         Style("Espresso", ("Espresso Basics", "Latte Art", "Lever Machines", "Dialling In", "Milk Steaming"),
               ("espresso", "latte art", "crema")),
         Style("Roasting", ("Home Roasting", "Light Roasts", "Roast Curves", "Green Bean Sourcing", "Cupping"),
               ("roasting", "cupping", "single origin")),
         Style("Slow Brews", ("Cold Brew", "French Press", "Moka Pot Rituals", "Siphon Brewing", "AeroPress Recipes"),
               ("cold brew", "french press", "aeropress"))),
    ),
)
# fmt: on
COMMUNITY_NAMES = ("makers", "outdoors", "thinkers", "listeners and brewers")
STYLES_PER_INTEREST, SUBJECTS_PER_STYLE = 4, 5
