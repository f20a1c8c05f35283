"""Names of countries in seven languages, by scripts/make_countries.py from CLDR (Unicode)."""

__all__ = ["NAMES"]

# country=name|name …, folded
NAMES = """\
AC=ascension island| ile de l ascension| ascension| isla de la ascension| isola ascensione| ilha de \
ascensao| AD=andorra| andorre| AE=uae| emirates| united arab emirates| emirats arabes unis| \
vereinigte arabische emirate| emiratos arabes unidos| emirati arabi uniti| emirados arabes unidos| \
verenigde arabische emiraten| AF=afghanistan| afganistan| afeganistao| AG=antigua| antigua and \
barbuda| antigua et barbuda| antigua und barbuda| antigua y barbuda| antigua e barbuda| antigua en \
barbuda| AI=anguilla| anguila| AL=albania| albanie| albanien| AM=armenia| armenie| armenien| \
AO=angola| AR=argentina| argentine| argentinien| argentinie| AS=american samoa| samoa americaines| \
amerikanisch samoa| samoa americana| samoa americane| amerikaans samoa| AT=austria| autriche| \
osterreich| oostenrijk| AU=australia| australie| australien| AW=aruba| AX=aland islands| iles aland| \
alandinseln| islas aland| isole aland| ilhas aland| aland| AZ=azerbaijan| azerbaidjan| \
aserbaidschan| azerbaiyan| azerbaigian| azerbaijao| azerbeidzjan| BA=bosnia| bosnia and herzegovina| \
bosnie herzegovine| bosnien und herzegowina| bosnia y herzegovina| bosnia ed erzegovina| bosnia e \
herzegovina| bosnie en herzegovina| BB=barbados| barbade| BD=bangladesh| bangladesch| banglades| \
BE=belgium| belgique| belgien| belgica| belgio| belgie| BF=burkina faso| burquina faso| BG=bulgaria| \
bulgarie| bulgarien| bulgarije| BH=bahrain| bahrein| barein| BI=burundi| BJ=benin| BL=saint \
barthelemy| st barthelemy| san bartolome| sao bartolomeu| BM=bermuda| bermudes| bermudas| BN=brunei \
darussalam| brunei| BO=bolivia plurinational state of| bolivia| bolivie| bolivien| BQ=bonaire| \
bonaire sint eustatius and saba| caribbean netherlands| pays bas caribeens| karibische niederlande| \
caribe neerlandes| caraibi olandesi| paises baixos caribenhos| caribisch nederland| BR=brazil| \
bresil| brasilien| brasil| brasile| brazilie| BS=bahamas the| bahamas| bahama s| BT=bhutan| bhoutan| \
butan| butao| BW=botswana| botsuana| BY=belarus| bielorussie| bielorrusia| bielorussia| \
bielorrussia| BZ=belize| belice| CA=canada| kanada| CC=cocos keeling islands| iles cocos| \
kokosinseln| islas cocos| isole cocos keeling| ilhas cocos keeling| cocoseilanden| CD=dr congo| \
democratic republic of the congo| congo democratic republic of the| congo drc| drc| congo the \
democratic republic of the| congo democratic republic| democratic republic of congo| congo kinshasa| \
kongo kinshasa| republica democratica del congo| CF=car| central africa| central african republic| \
republique centrafricaine| zentralafrikanische republik| republica centroafricana| repubblica \
centrafricana| republica centro africana| centraal afrikaanse republiek| CG=congo| republic of the \
congo| congo republic of the| congo republic| congo brazzaville| kongo brazzaville| republica do \
congo| CH=switzerland| suisse| schweiz| suiza| svizzera| suica| zwitserland| CI=ivory coast| cote d \
ivoire| costa d avorio| costa do marfim| ivoorkust| CK=cook islands| iles cook| cookinseln| islas \
cook| isole cook| ilhas cook| cookeilanden| CL=chile| chili| cile| CM=cameroon| cameroun| kamerun| \
camerun| camaroes| kameroen| CN=china| chine| cina| CO=colombia| colombie| kolumbien| CR=costa rica| \
CU=cuba| kuba| CV=cape verde| cap vert| cabo verde| capo verde| kaapverdie| CW=curacao| curazao| \
CX=christmas island| ile christmas| weihnachtsinsel| isla de navidad| isola christmas| ilha \
christmas| christmaseiland| CY=cyprus| chypre| zypern| chipre| cipro| CZ=czech republic| czechia| \
tchequie| tschechien| chequia| cechia| tchequia| tsjechie| DE=germany| allemagne| deutschland| \
alemania| germania| alemanha| duitsland| DJ=djibouti| dschibuti| yibuti| gibuti| djibuti| \
DK=denmark| danemark| dinamarca| danimarca| denemarken| DM=dominica| dominique| DO=dominican \
republic| republique dominicaine| dominikanische republik| republica dominicana| repubblica \
dominicana| dominicaanse republiek| DZ=algeria| algerie| algerien| argelia| algerije| EC=ecuador| \
equateur| equador| EE=estonia| estonie| estland| EG=egypt| egypte| agypten| egipto| egitto| egito| \
EH=western sahara| sahara occidental| westsahara| sahara occidentale| saara ocidental| westelijke \
sahara| ER=eritrea| erythree| eritreia| ES=spain| espagne| spanien| espana| spagna| espanha| spanje| \
ET=ethiopia| ethiopie| athiopien| etiopia| FI=finland| finlande| finnland| finlandia| FJ=fiji| \
fidji| fidschi| fiyi| figi| FK=falkland islands malvinas| falkland islands| iles malouines| \
falklandinseln| islas malvinas| isole falkland| ilhas malvinas| falklandeilanden| FM=micronesia \
federated states of| federated states of micronesia| micronesia| micronesie| mikronesien| FO=faroe| \
faroe islands| iles feroe| faroer| islas feroe| isole f r er| ilhas faroe| faeroer| FR=france| \
frankreich| francia| franca| frankrijk| GA=gabon| gabun| gabao| GB=uk| u k| great britain| england| \
britain| angleterre| united kingdom| royaume uni| vereinigtes konigreich| reino unido| regno unito| \
verenigd koninkrijk| GD=grenada| grenade| granada| GE=georgia| georgie| georgien| GF=french guiana| \
guyane francaise| franzosisch guayana| guayana francesa| guyana francese| guiana francesa| frans \
guyana| GG=guernsey| guernesey| GH=ghana| gana| GI=gibraltar| gibilterra| GL=greenland| groenland| \
gronland| groenlandia| GM=gambia the| gambia| gambie| GN=guinea| guinee| guine| GP=guadeloupe| \
guadalupe| guadalupa| GQ=equatorial guinea| guinee equatoriale| aquatorialguinea| guinea ecuatorial| \
guinea equatoriale| guine equatorial| equatoriaal guinea| GR=greece| grece| griechenland| grecia| \
griekenland| GT=guatemala| GU=guam| GW=guinea bissau| guinee bissau| guinea bisau| guine bissau| \
GY=guyana| guiana| HK=hong kong| hongkong| hong kong sar china| r a s chinoise de hong kong| \
sonderverwaltungsregion hongkong| rae de hong kong china| ras di hong kong| hong kong rae da china| \
hongkong sar van china| HN=honduras| HR=croatia| croatie| kroatien| croacia| croazia| kroatie| \
HT=haiti| HU=hungary| hongrie| ungarn| hungria| ungheria| hongarije| ID=indonesia| indonesie| \
indonesien| IE=ireland| irlande| irland| irlanda| ierland| IL=israel| israele| IM=man isle of| isle \
of man| ile de man| isla de man| isola di man| ilha de man| IN=india| inde| indien| IO=british \
indian ocean territory| territoire britannique de l ocean indien| britisches territorium im \
indischen ozean| territorio britanico del oceano indico| territorio britannico dell oceano indiano| \
territorio britanico do oceano indico| brits indische oceaanterritorium| IQ=iraq| irak| iraque| \
IR=iran islamic republic of| islamic republic of iran| iran| ira| IS=iceland| islande| island| \
islandia| islanda| ijsland| IT=italy| italie| italien| italia| JE=jersey| JM=jamaica| jamaique| \
jamaika| giamaica| JO=jordan| jordanie| jordanien| jordania| giordania| JP=japan| japon| giappone| \
japao| KE=kenya| kenia| quenia| KG=kyrgyzstan| kirghizstan| kirgisistan| kirguistan| kirghizistan| \
quirguistao| kirgizie| KH=cambodia| cambodge| kambodscha| camboya| cambogia| camboja| cambodja| \
KI=kiribati| quiribati| KM=comoros| comores| komoren| comoras| comore| comoren| KN=saint kitts and \
nevis| st kitts and nevis| saint christophe et nieves| st kitts und nevis| san cristobal y nieves| \
saint kitts e nevis| sao cristovao e nevis| saint kitts en nevis| KP=korea democratic people s \
republic of| korea north| democratic people s republic of korea| north korea| coree du nord| \
nordkorea| corea del norte| corea del nord| coreia do norte| noord korea| KR=republic of korea| \
korea republic of| korea south| korea| south korea| coree du sud| sudkorea| corea del sur| corea del \
sud| coreia do sul| zuid korea| KW=kuwait| koweit| koeweit| KY=cayman| cayman islands| iles caimans| \
kaimaninseln| islas caiman| isole cayman| ilhas cayman| kaaimaneilanden| KZ=kazakhstan| kasachstan| \
kazajistan| kazakistan| cazaquistao| kazachstan| LA=lao people s democratic republic| lao| laos pdr| \
laos| LB=lebanon| liban| libanon| libano| LC=saint lucia| st lucia| sainte lucie| santa lucia| \
LI=liechtenstein| LK=sri lanka| LR=liberia| LS=lesotho| lesoto| LT=lithuania| lituanie| litauen| \
lituania| litouwen| LU=luxembourg| luxemburg| luxemburgo| lussemburgo| LV=latvia| lettonie| \
lettland| letonia| lettonia| letland| LY=libyan arab jamahiriya| libya| libye| libyen| libia| libie| \
MA=morocco| maroc| marokko| marruecos| marocco| marrocos| MC=monaco| MD=republic of moldova| moldova \
republic of| moldova| moldavie| republik moldau| moldavia| ME=montenegro| MF=saint martin| saint \
martin french part| st martin| san martin| sao martinho| MG=madagascar| madagaskar| MH=marshall \
islands| iles marshall| marshallinseln| islas marshall| isole marshall| ilhas marshall| \
marshalleilanden| MK=macedonia| fyrom| former yugoslav republic of macedonia| macedonia the former \
yugoslav republic of| north macedonia| macedoine du nord| nordmazedonien| macedonia del norte| \
macedonia del nord| macedonia do norte| noord macedonie| ML=mali| MM=burma| myanmar burma| myanmar \
birmanie| myanmar| myanmar birmania| mianmar birmania| myanmar birma| MN=mongolia| mongolie| \
mongolei| MO=macau| macao| macao sar china| r a s chinoise de macao| sonderverwaltungsregion macau| \
rae de macao china| ras di macao| macau rae da china| macau sar van china| MP=northern mariana \
islands| iles mariannes du nord| nordliche marianen| islas marianas del norte| isole marianne \
settentrionali| ilhas marianas do norte| noordelijke marianen| MQ=martinique| martinica| \
MR=mauritania| mauritanie| mauretanien| MS=montserrat| MT=malta| malte| MU=mauritius| maurice| \
mauricio| MV=maldives| malediven| maldivas| maldive| maldiven| MW=malawi| malaui| MX=mexico| \
mexique| mexiko| messico| MY=malaysia| malaisie| malasia| maleisie| MZ=mozambique| mosambik| \
mozambico| mocambique| NA=namibia| namibie| NC=new caledonia| nouvelle caledonie| neukaledonien| \
nueva caledonia| nuova caledonia| nova caledonia| nieuw caledonie| NE=niger| NF=norfolk island| ile \
norfolk| norfolkinsel| isla norfolk| isola norfolk| ilha norfolk| norfolk| NG=nigeria| NI=nicaragua| \
NL=holland| netherlands| pays bas| niederlande| paises bajos| paesi bassi| paises baixos| nederland| \
NO=norway| norvege| norwegen| noruega| norvegia| noorwegen| NP=nepal| NR=nauru| NU=niue| NZ=new \
zealand| nouvelle zelande| neuseeland| nueva zelanda| nuova zelanda| nova zelandia| nieuw zeeland| \
OM=oman| oma| PA=panama| PE=peru| perou| PF=french polynesia| polynesie francaise| franzosisch \
polynesien| polinesia francesa| polinesia francese| frans polynesie| PG=papua new guinea| papouasie \
nouvelle guinee| papua neuguinea| papua nueva guinea| papua nuova guinea| papua nova guine| papoea \
nieuw guinea| PH=philippines| philippinen| filipinas| filippine| filipijnen| PK=pakistan| paquistao| \
PL=poland| pologne| polen| polonia| PM=saint pierre and miquelon| st pierre and miquelon| saint \
pierre et miquelon| st pierre und miquelon| san pedro y miquelon| saint pierre e miquelon| sao pedro \
e miquelao| saint pierre en miquelon| PR=puerto rico| porto rico| portorico| PS=palestine| \
palestinian territory| state of palestine| palestinian territory occupied| palestinian territories| \
territoires palestiniens| palastinensische autonomiegebiete| territorios palestinos| territori \
palestinesi| palestijnse gebieden| PT=portugal| portogallo| PW=palau| palaos| PY=paraguay| paraguai| \
QA=qatar| katar| catar| RE=reunion island| reunion| la reunion| riunione| reuniao| RO=romania| \
roumanie| rumanien| rumania| romenia| roemenie| RS=serbia| serbie| serbien| servia| servie| \
RU=russian federation| russia| russie| russland| rusia| rusland| RW=rwanda| ruanda| SA=ksa| saudi \
arabia| arabie saoudite| saudi arabien| arabia saudi| arabia saudita| saoedi arabie| SB=solomon \
islands| iles salomon| salomonen| islas salomon| isole salomone| ilhas salomao| salomonseilanden| \
SC=seychelles| seychellen| seicheles| SD=sudan| soudan| sudao| soedan| SE=sweden| suede| schweden| \
suecia| svezia| zweden| SG=singapore| singapour| singapur| singapura| SH=saint helena| st helena \
ascension and tristan da cunha| sainte helene| st helena| santa elena| sant elena| santa helena| \
sint helena| SI=slovenia| slovenie| slowenien| eslovenia| SJ=svalbard and jan mayen| svalbard et jan \
mayen| spitzbergen und jan mayen| svalbard y jan mayen| svalbard e jan mayen| spitsbergen en jan \
mayen| SK=slovakia| slovaquie| slowakei| eslovaquia| slovacchia| slowakije| SL=sierra leone| sierra \
leona| serra leoa| SM=san marino| saint marin| SN=senegal| SO=somalia| somalie| SR=suriname| \
surinam| SS=south sudan| soudan du sud| sudsudan| sudan del sur| sud sudan| sudao do sul| zuid \
soedan| ST=sao tome| sao tome and principe| sao tome et principe| sao tome und principe| santo tome \
y principe| sao tome e principe| sao tome en principe| SV=el salvador| salvador| SX=st maarten| sint \
maarten dutch part| sint maarten| saint martin partie neerlandaise| SY=syrian arab republic| syria| \
syrie| syrien| siria| SZ=swaziland| eswatini| esuatini| essuatini| TA=tristan da cunha| tristan de \
acuna| tristao da cunha| TC=turks and caicos islands| iles turques et caiques| turks und \
caicosinseln| islas turcas y caicos| isole turks e caicos| ilhas turcas e caicos| turks en \
caicoseilanden| TD=chad| tchad| tschad| ciad| chade| tsjaad| TG=togo| TH=thailand| thailande| \
tailandia| thailandia| TJ=tajikistan| tadjikistan| tadschikistan| tayikistan| tagikistan| \
tadjiquistao| tadzjikistan| TK=tokelau| TL=east timor| timor leste| timor oriental| timor est| oost \
timor| TM=turkmenistan| turcomenistao| TN=tunisia| tunisie| tunesien| tunez| tunesie| TO=tonga| \
TR=turkey| turkiye| turquie| turkei| turquia| turchia| turkije| TT=trinidad| trinidad and tobago| \
trinite et tobago| trinidad und tobago| trinidad y tobago| trinidad e tobago| trinidad en tobago| \
TV=tuvalu| TW=taiwan province of china| chinese taipei| taiwan| TZ=united republic of tanzania| \
tanzania united republic of| tanzania| tanzanie| tansania| UA=ukraine| ucrania| ucraina| oekraine| \
UG=uganda| ouganda| oeganda| US=usa| u s a| united states of america| us of america| united states| \
etats unis| vereinigte staaten| estados unidos| stati uniti| verenigde staten| UY=uruguay| uruguai| \
UZ=uzbekistan| ouzbekistan| usbekistan| uzbequistao| oezbekistan| VA=vatican| holy see| holy see \
vatican city state| vatican city| etat de la cite du vatican| vatikanstadt| ciudad del vaticano| \
citta del vaticano| cidade do vaticano| vaticaanstad| VC=saint vincent and the grenadines| saint \
vincent| st vincent grenadines| st vincent and grenadines| saint vincent et les grenadines| st \
vincent und die grenadinen| san vicente y las granadinas| saint vincent e grenadine| sao vicente e \
granadinas| saint vincent en de grenadines| VE=venezuela bolivarian republic of| venezuela| \
VG=virgin islands british| british virgin islands| iles vierges britanniques| britische \
jungferninseln| islas virgenes britanicas| isole vergini britanniche| ilhas virgens britanicas| \
britse maagdeneilanden| VI=us virgin islands| virgin islands u s| virgin islands us| u s virgin \
islands| iles vierges des etats unis| amerikanische jungferninseln| islas virgenes de ee uu| isole \
vergini americane| ilhas virgens americanas| amerikaanse maagdeneilanden| VN=viet nam| vietnam| \
vietna| VU=vanuatu| WF=wallis and futuna| wallis et futuna| wallis und futuna| wallis y futuna| \
wallis e futuna| wallis en futuna| WS=western samoa| samoa| XK=kosovo| YE=yemen| jemen| iemen| \
YT=mayotte| ZA=south africa| afrique du sud| sudafrika| sudafrica| africa do sul| zuid afrika| \
ZM=zambia| zambie| sambia| ZW=zimbabwe| simbabwe| zimbabue\
"""
