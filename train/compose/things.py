"""Which thing a drawing shows, by the words of its name and by the folder that its collection keeps it in, and how tall that is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from ..sources import Art

CLASSES = ("person", "face", "animal", "plant", "house", "vehicle", "food", "thing", "sky")
GROUND, AIR, WATER, UNDER_WATER, TABLE = "ground", "air", "water", "under water", "table"


@dataclass(frozen=True)
class Thing:
    """What a cut-out shows. name: of CLASSES. height: metres. place: where it is found."""

    name: str
    height: float
    place: str


# Word of a name, and the height in metres of what it means. The first word of a name that is found here decides.
HEIGHTS: dict[tuple[str, str], str] = {
    ("person", GROUND): """
        person 1.7 man 1.75 woman 1.65 boy 1.3 girl 1.25 child 1.2 baby .7 people 1.7 family 1.7 dancer 1.7
        dancing 1.7 cook 1.7 artist 1.7 pilot 1.7 guard 2 detective 1.7 prince 1.7 princess 1.65 superhero 1.8
        supervillain 1.8 mage 1.8 fairy 1.6 elf 1.6 genie 1.8 zombie 1.7 vampire 1.8 ninja 1.7 astronaut 1.8
        firefighter 1.8 farmer 1.7 student 1.7 teacher 1.7 judge 1.7 mechanic 1.7 scientist 1.7 singer 1.7
        technologist 1.7 worker 1.7 santa 1.8 claus 1.7 angel .9 king 1.8 queen 1.7 fireman 1.8 clown 1.7
        pirate 1.8 witch 1.7 snowman 1.6 robot 1.6 uomo 1.75 donna 1.65 bambino 1.1 bambina 1.1 signorina 1.65
        nonno 1.65 cowboy 1.8 knight 1.8 troll 2 levitating 1.7 walking 1.75 running 1.75 standing 1.75 kneeling 1.1
        biking 1.8 police-officer 1.75 police-man 1.75 factory-worker 1.7 old-man 1.7 old-woman 1.6 golfing 1.8
        juggling 1.8 bouncing 1.8 cartwheeling 1.7 juggler 1.8
    """,
    ("person", WATER): "surfing 1.7 rowing 1.4 swimming 1 water-polo 1.2 merman 1.6 mermaid 1.6 merperson 1.6",
    ("animal", GROUND): """
        dog .6 poodle .6 cat .4 kitten .25 horse 1.8 unicorn 1.9 zebra 1.6 deer 1.5 bison 1.8 cow 1.5 ox 1.6
        buffalo 1.7 pig .8 boar .9 ram 1 ewe .9 sheep .9 goat .9 camel 2.2 llama 1.8 giraffe 4.5 elephant 3
        mammoth 3.2 rhinoceros 1.7 hippopotamus 1.5 mouse .12 rat .15 hamster .14 rabbit .35 chipmunk .2
        squirrel .25 beaver .4 hedgehog .2 bear 1.6 koala .6 panda 1.3 sloth .6 otter .5 skunk .4 kangaroo 1.5
        badger .4 turkey .8 chicken .45 rooster .6 hen .45 chick .15 penguin .8 duck .4 swan .9 flamingo 1.3
        peacock 1 dodo .9 frog .12 crocodile .7 turtle .4 lizard .2 snake .4 dragon 2.5 sauropod 5 rex 4
        dinosaur 3.5 dino 3 monkey .7 gorilla 1.6 orangutan 1.3 wolf .9 fox .5 raccoon .4 lion 1.2 tiger 1.1
        leopard .9 donkey 1.4 moose 2 snail .08 spider .06 beetle .05 ant .04 cricket .05 scorpion .08 worm .06
        caterpillar .06 goose .6 owl .4 bull 1.6 mascot 1.2 monster 1.8 teddy .5 gatto .4 cane .6 cavallo 1.8
        mucca 1.5
    """,
    ("animal", AIR): """
        bird .3 dove .3 eagle .6 parrot .4 bat .25 butterfly .12 bee .06 honeybee .06 mosquito .05 dragonfly .1
        fly .04 phoenix .8 gull .4 crow .3 uccello .3 farfalla .12
    """,
    ("animal", UNDER_WATER): """
        fish .3 tropical-fish .25 blowfish .3 shark 1 dolphin .9 octopus .7 squid .6 crab .2 lobster .25 shrimp .1
        whale 2 jellyfish .5 seal .8 orca 1.6 oyster .12 coral .5 seahorse .2 pesce .3 trout .3 bass .35 perch .25
        pike .4 salmon .4 goldfish .1 cichlid .15 crawfish .1 guppy .08 carp .35 piranha .2 walleye .35 bluegill .2
    """,
    ("plant", GROUND): """
        tree 5 evergreen 5 deciduous 5 palm 6 christmas-tree 2.2 cactus 1.6 sunflower 1.6 tulip .45 rose .6
        hibiscus .5 flower .5 flowers .6 daisy .4 bouquet .5 blossom .4 seedling .25 herb .3 shamrock .2 clover .2
        mushroom .2 toadstool .2 potted .6 bamboo 4 daffodil .4 hyacinth .4 lotus .3 magnolia .5 albero 5 fiore .5
        arbre 5 pianta .8 plant .6 bush 1 grass .3 rosette .3
    """,
    ("house", GROUND): """
        house 5 home 5 houses 5.5 hut 3.5 castle 12 church 9 school 7 hospital 8 hotel 9 bank 7 factory 8 building 9
        office-building 10 post-office 7 store 6 temple 7 mosque 8 synagogue 8 shrine 4 lighthouse 11 tent 2
        circus-tent 6 stadium 7 barn 5 farm 5 casa 5 chalet 5 mill 7 windmill 8 tower 12 cottage 4 villa 5
        fountain 2.5 derelict 5 camping 2 firestation 6
    """,
    ("vehicle", GROUND): """
        automobile 1.5 car 1.5 taxi 1.6 bus 3 minibus 2.2 trolleybus 3 ambulance 2.4 fire-engine 3 truck 3 lorry 3.4
        tractor 2.4 van 2.1 bicycle 1.1 bike 1.1 motorcycle 1.2 scooter 1.1 police 1.6 racing 1.1 locomotive 3.6
        train 3.4 tram 3.3 pickup 1.8 sport-utility 1.8 hummer 2 auto-rickshaw 1.8 jeep 1.8 wagon 2 rickshaw 1.8
        trattore 2.4 kick-scooter 1.1 skateboard .15 cart 1 wheelchair 1
    """,
    ("vehicle", WATER): "boat 1.6 ship 6 sailboat 4 canoe .7 speedboat 1.3 ferry 6 motor-boat 1.4 barca 1.6",
    ("vehicle", AIR): "airplane 4 helicopter 3 rocket 6 saucer 2.5 parachute 4 aircraft 3 plane 3 kite 1 balloon .6 ufo 2.5 zeppelin 5",
    ("sky", AIR): "sun 1 moon 1 crescent 1 rainbow 2 comet 1 planet 1",
    ("food", TABLE): """
        apple .08 pear .1 tangerine .08 lemon .07 lime .06 banana .12 watermelon .25 grapes .15 strawberry .05
        melon .2 cherries .06 peach .08 mango .1 pineapple .3 coconut .15 kiwi .06 tomato .08 eggplant .2 avocado .1
        broccoli .15 cucumber .15 carrot .2 corn .2 pepper .12 potato .08 garlic .06 onion .08 bread .12
        croissant .08 baguette .15 pretzel .1 bagel .08 pancakes .12 waffle .08 cheese .1 hamburger .12 fries .15
        pizza .15 hot-dog .08 sandwich .12 taco .1 burrito .1 egg .08 pot .2 bowl .12 salad .12 popcorn .2 sushi .05
        ice-cream .18 doughnut .08 cookie .07 cake .2 cupcake .1 pie .1 chocolate .12 candy .05 lollipop .15
        custard .1 honey .15 milk .2 coffee .12 tea .12 teapot .18 wine .25 cocktail .18 beer .18 glass .15 cup .12
        bottle .3 jar .15 burger .12 orange .08 fruit .1 mug .12 glace .18 kettle .22 beverage .15 spaghetti .12
        soup .12 cherry .06
    """,
    ("thing", TABLE): """
        candle .2 book .22 books .2 camera .12 telephone .15 radio .25 clock .2 lamp .45 light-bulb .12 vase .3
        trophy .3 gift .25 present .25 basket .3 crown .2 hat .18 shoe .12 boot .3 ball .22 soccer .22
        basketball .24 football .2 bell .15 violin .6 guitar 1 trumpet .2 saxophone .6 drum .4 accordion .4
        scissors .18 hammer .3 wrench .25 screwdriver .2 saw .2 paintbrush .2 pencil .18 pen .15 palette .3
        globe .35 microscope .35 telescope .5 computer .4 laptop .25 printer .25 television .5 bomb .2 gem .06
        ring .05 magnet .12 bucket .35 lantern .3 spade .3 backpack .45 handbag .3 briefcase .35 luggage .6
        umbrella .8 teddy-bear .4 toy .3 puzzle .1 dice .05 die .05 chess .1 robot .4 piggy .15 toolbox .3
        treasure .4 watering .3 pan .1 knife .25 money-bag .2 skull .2 helmet .25 piano 1 harp 1.5 megaphone .3
    """,
    ("thing", GROUND): """
        chair .9 table .8 couch .9 seat .9 bed 1 door 2 barrel .9 sofa .9 desk .8 stool .6 bench .9 mailbox 1.2
        postbox 1.5 bin .7 wastebasket .5 ladder 2.2 fence 1 fire-hydrant .8 slide 2 ferris-wheel 12 carousel 3
        traffic-light 3 fuel-pump 1.8 anchor 1.2 statue 3 wheel .6 rock .8 wood .5 jack-o-lantern .4 pumpkin .4
        sled .5 moai 2 shopping-cart 1 sedia .9 tavolo .8 poltrona 1 armchair 1
    """,
}  # fmt: skip
NAMES: dict[str, Thing] = {
    word: Thing(name, float(height), place)
    for (name, place), text in HEIGHTS.items()
    for word, height in zip(text.split()[::2], text.split()[1::2], strict=True)
}
# Folders of openclipart, for names without a word from above; None: nothing that stands alone in a picture.
FOLDERS: tuple[tuple[str, Thing | None], ...] = (
    ("people/bodypart", None),
    ("people/smilies", None),
    ("people/clothing", Thing("thing", 0.3, TABLE)),
    ("people", Thing("person", 1.7, GROUND)),
    ("animals/birds", Thing("animal", 0.4, AIR)),
    ("animals/fish", Thing("animal", 0.3, UNDER_WATER)),
    ("animals/bugs", Thing("animal", 0.08, GROUND)),
    ("animals/dinosaurs", Thing("animal", 3.0, GROUND)),
    ("animals", Thing("animal", 0.8, GROUND)),
    ("plants/trees", Thing("plant", 5.0, GROUND)),
    ("plants", Thing("plant", 0.5, GROUND)),
    ("buildings/furniture", Thing("thing", 0.9, GROUND)),
    ("buildings/homes", Thing("house", 5.0, GROUND)),
    ("buildings", Thing("house", 7.0, GROUND)),
    ("transportation/boating", Thing("vehicle", 2.0, WATER)),
    ("transportation/vehicles", Thing("vehicle", 1.6, GROUND)),
    ("transportation", None),
    ("food", Thing("food", 0.12, TABLE)),
    ("containers", Thing("thing", 0.4, TABLE)),
    ("tools/toys", Thing("thing", 0.3, TABLE)),
    ("tools", Thing("thing", 0.3, TABLE)),
    ("recreation/music", Thing("thing", 0.6, TABLE)),
    ("electronics/bulb", Thing("thing", 0.12, TABLE)),
    ("education/books", Thing("thing", 0.2, TABLE)),
)
# Parts, signs and tables of several drawings; black-and-white versions; people without bodies and skeletons of letters.
NOT_A_THING = re.compile(
    r"(^|[-_])(hands?|fingers?|finger|fist|palm|thumbs|wave|pointing|index|foot|leg|ear|nose|eyes?|tooth|bone|brain|heart|lungs?|mouth|lips|"
    r"footprints|silhouettes?|shadow|symbol|sign|bw|silueta|pictogram|button|keycap|letter|clothes|moon-viewing|sunrise|sunset|bust|busts|"
    r"face-with|emoji|no|non|prohibited|crossed|free|with-(cancellation|ink|check)|arrow|card|money-with|set|collection|pattern|borders?|frame|"
    r"logo|diagram|schema|menu|blueman|sm|rules?|shirts?|shoes?|mans|womans|slice|kiss|couples?|tracks?|postcard|circle|diamond|trap|playing|pointer|thought|mahjong|tilted|palms|pen|crescent-and|moon-cake|platter|alphabet|smiley)(?=$|[-_.\d])"
)
FACES = {"adventurer", "big-ears", "big-smile", "dylan", "micah", "miniavs", "personas", "toon-head"}
EMOJI_FACE = re.compile(r"(^|-)(face|faces)($|-)|(grinning|smiling|kissing|weary|pouting|crying)-cat|cat-with")
# Icon sets draw these animals as heads alone, and people too unless they do something.
HEADS = {
    "frog",
    "bear",
    "panda",
    "koala",
    "fox",
    "wolf",
    "lion",
    "unicorn",
    "hamster",
    "chicken",
    "moose",
    "polar-bear",
}
ACTIVE = re.compile(
    r"standing|walking|running|dancing|dancer|kneeling|biking|golfing|bouncing|cartwheel|juggling|juggler|lifting|lotus|surfing|rowing|"
    r"swimming|climbing|wheelchair|cane|scooter|skier|snowboarder|levitating|mer(man|maid|person)|holding-hands|wrestl|fencing|"
    r"handball|water-polo|racing|bunny-ears|robot|snowman|crawling|ballet"
)


@cache
def words(name: str) -> tuple[str, ...]:
    """A name's words, and every two of them that follow each other: "hot-dog" before "hot" and "dog"."""
    parts = [part for part in re.split(r"[^a-z]+", name.lower()) if part]
    pairs = [f"{first}-{second}" for first, second in pairwise(parts)]
    return (*pairs, *parts, *(part[:-1] for part in parts if part.endswith("s") and len(part) > 3))


def thing_of(art: Art) -> Thing | None:
    """What a vector drawing shows, or None where that is not known or stands alone in no picture."""
    if art.source == "dicebear":
        return Thing("face", 1.7, GROUND)
    if NOT_A_THING.search(art.name.lower()):
        return None
    is_icon = art.source != "openclipart"
    is_head = bool(EMOJI_FACE.search(art.name)) or (is_icon and art.name in HEADS)
    for word in words(art.name):
        found = NAMES.get(word)
        if found is not None:
            is_head |= is_icon and found.name == "person" and not ACTIVE.search(art.name)
            return Thing("face", found.height, found.place) if is_head and found.name in ("person", "animal") else found
    if art.source == "openclipart" and isinstance(art.data, Path):
        folder = art.data.parent.as_posix().partition("/svg/")[2]
        return next((thing for start, thing in FOLDERS if folder.startswith(start)), None)
    return None
