"""Words that mean the same, and words that mean nothing: known by heart, no model is asked."""

from collections.abc import Iterator

#: Each line is one thing; its first word is the plainest name. '>' before a word: it is a kind of
#: the thing, so it is found by the thing's name, but its own name does not find the thing.
LABELS = """
person, people, human, human being, somebody, someone, crowd, group of people, >man, >woman, >child, >boy, >girl, >baby, >face, >bride, >groom, >scuba diver, >ballplayer, >pedestrian
child, kid, toddler, infant, >boy, >girl, >baby
dog, puppy, pup, doggy, canine, hound
cat, kitten, kitty, feline
bird, songbird, >seabird, >water bird, >bird of prey
horse, pony, foal
sea, ocean, seaside, seascape, >wave, >coast
beach, seashore, shore, sandy beach, strand
coast, coastline, shoreline, >cliff, >beach, >seashore
mountain, peak, summit, mountains, alp, alpine, mountain range, >volcano
hill, hillside, hills
forest, wood, woods, woodland, trees, jungle, >rainforest
tree, trees
greenery, plants, foliage, vegetation, green leaves, leaves
flower, blossom, bloom, flowers, >daisy, >rose, >tulip, >sunflower, >dahlia, >dandelion, >orchid
city, urban, cityscape, town, downtown, skyline, metropolis
street, alley, road scene, lane, avenue
road, highway, roadway, asphalt
path, trail, footpath, walkway, track
car, automobile, motorcar, cars, >sports car, >racing car, >taxi, >limousine, >jeep
bicycle, bike, cycle, cycling
boat, boats, rowing boat, canoe, >sailboat, >kayak, >gondola, >motorboat
ship, vessel, >ocean liner, >warship
airplane, plane, aircraft, aeroplane, jet
train, railway, locomotive, rail
building, architecture, buildings, edifice, >house, >church, >tower, >skyscraper, >castle, >palace
house, home, cottage, cabin
church, cathedral, chapel, place of worship
temple, pagoda, shrine
tower, >lighthouse, >bell tower
bridge, >suspension bridge, >viaduct
sky, skies, heaven
cloud, clouds, cloudy, overcast
sunset, sundown, golden hour, dusk, evening sky, afterglow
sunrise, dawn, daybreak
twilight, dusk, blue hour
night, nighttime, night time, nocturnal, after dark, at night
snow, snowy, snowfall, winter scene, wintry, winter
ice, icy, frozen, glacier
fog, mist, haze, misty, foggy, hazy
rain, rainy, raining, wet
storm, stormy, thunderstorm, lightning
water, >sea, >lake, >river, >stream, >waterfall
lake, pond, lakeside, lakeshore
river, stream, creek, brook
waterfall, cascade, falls
desert, dune, dunes, sand dunes
sand, sandy
rock, rocks, stone, stones, boulder, rocky
wall, brick wall, bricks
cave, cavern, grotto, tunnel
food, meal, dish, cuisine, plate of food, >dessert, >bread, >fruit, >vegetable
fruit, fruits, >apple, >orange, >banana, >lemon, >strawberry
coffee, espresso, cappuccino
drink, beverage, >coffee, >beer, >wine
cup, mug, coffee cup
insect, bug, >butterfly, >beetle, >bee, >dragonfly, >ladybird
spacecraft, rocket, space shuttle, spaceship
black and white, monochrome, b&w, bw, grayscale, greyscale, black-and-white, monochromatic
silhouette, backlit, backlight, contre-jour
reflection, reflections, mirroring
bokeh, shallow depth of field, blurred background, blurry background
blurry, blurred, out of focus, unsharp, motion blur, blur
sharp, in focus, crisp, tack sharp
high key, bright tones
low key, dark tones
muted, desaturated, faded, pale colours, washed out
vivid, saturated, colourful, colorful, vibrant colours
dark, dim, underexposed
bright, well lit, brightly lit
copy space, negative space, empty space, room for text, space for text
copy space left, negative space left, copy space on the left, space on the left
copy space right, negative space right, copy space on the right, space on the right
copy space top, copy space above, negative space top, space at the top, copy space on top
copy space bottom, copy space below, negative space bottom, space at the bottom
macro, close-up, closeup, close up
aerial, drone shot, bird's eye view, from above
portrait, headshot
landscape, scenery, vista, scenic view
clock, watch, timepiece
"""

MOODS = """
melancholic, melancholy, sad, sorrowful, wistful, blue, lonely, lonesome, somber, sombre, mournful, downcast, heartbroken
gloomy, bleak, dreary, desolate, dismal, grim, dark mood
serene, calm, peaceful, tranquil, quiet, still, relaxing, soothing, restful, zen, gentle
joyful, happy, cheerful, joyous, merry, sunny mood, delighted, uplifting
playful, fun, funny, whimsical, amusing, silly
dramatic, intense, powerful, epic, striking, stormy mood, theatrical
mysterious, enigmatic, mystical, secretive, magical
eerie, haunting, spooky, creepy, ghostly, uncanny, unsettling
ominous, threatening, menacing, foreboding, scary, sinister
tense, anxious, nervous, uneasy
romantic, tender, loving, intimate
dreamy, ethereal, dreamlike, soft mood, surreal
energetic, lively, dynamic, exciting, exuberant, vibrant, electric
cozy, cosy, homely, snug, warm, inviting
majestic, awe, sublime, grand, awe-inspiring, imposing
nostalgic, vintage, retro, old-fashioned
hopeful, optimistic, promising
contemplative, pensive, thoughtful, reflective, meditative
moody, brooding, atmospheric
fresh, crisp mood, airy, light mood
"""

TECHNIQUES = """
rule of thirds, rule of third, thirds, rule of 3rds, off-center, off-centre, off center, off centre
centered, centred, center, central, in the middle, in the center, in the centre, central composition, centered composition, center composition
pattern, patterns, repetition, repeating, repetitive, texture pattern, tessellation, repeating shapes
leading lines, leading line, converging lines, vanishing point, guiding lines, lead-in lines
symmetry, symmetric, symmetrical, mirrored, mirror image, mirror symmetry, reflection
framing, framed, frame within a frame, frame in frame, natural frame, framed by
"""

#: Words that carry no picture of their own.
EMPTY = frozenset(
    "a an at by for from in is are was of on onto into the to with that this these those some any "
    "its it my me i we our your his her their there has have having showing shows show find give "
    "search looking look looks like very really quite much many few lot lots photo photos picture "
    "pictures image images pic pics photograph photographs shot shots photography taken feeling "
    "feel feels mood vibe vibes atmosphere style composition composed nice beautiful pretty lovely "
    "cute good best great amazing awesome cool only just all every each over under near next while "
    "using use used via as be being been do does which who what where when "
    "please one scene view colour color colored coloured coloring toned tones tone".split()
)

ORIENTATIONS = {
    "vertical": "portrait", "upright": "portrait", "portrait orientation": "portrait",
    "portrait format": "portrait", "tall": "portrait", "horizontal": "landscape",
    "landscape orientation": "landscape", "landscape format": "landscape", "square": "square",
    "square format": "square", "panorama": "panorama", "panoramic": "panorama",
}  # fmt: skip

#: Other names of the named colours of the database.
COLOURS = {
    "gray": "grey", "silver": "grey", "crimson": "red", "scarlet": "red", "ruby": "red",
    "golden": "gold", "turquoise": "teal", "aqua": "cyan", "azure": "sky blue", "light blue": "sky blue",
    "dark blue": "navy", "navy blue": "navy", "indigo": "navy", "violet": "purple", "lilac": "purple",
    "lavender": "purple", "fuchsia": "magenta", "rose coloured": "pink", "salmon pink": "pink",
    "maroon": "brown", "tan": "beige", "cream": "beige", "sand coloured": "beige", "khaki": "olive",
    "emerald": "green", "dark green": "green", "light green": "lime", "amber": "orange",
    "ochre": "gold", "mustard": "gold", "bronze": "brown",
}  # fmt: skip

#: The named colours, as the table ``colour`` has them.
COLOUR_NAMES = frozenset(
    ["black", "grey", "white", "red", "orange", "yellow", "lime", "green", "teal", "cyan", "blue",
     "sky blue", "navy", "purple", "magenta", "pink", "brown", "beige", "gold", "olive"]
)  # fmt: skip


def groups(text: str) -> Iterator[tuple[str, list[str], list[str]]]:
    """Plainest name, all names that mean the same, and names of its kinds."""
    for line in text.strip().splitlines():
        words = [word.strip() for word in line.split(",")]
        kinds = [word[1:] for word in words if word[0] == ">"]
        yield words[0], [word for word in words if word[0] != ">"], kinds
