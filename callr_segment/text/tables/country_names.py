"""Names of countries in seven languages, by scripts/make_countries.py from CLDR (Unicode)."""

__all__ = ["NAMES"]

# country=name|name …, folded
NAMES = """\
AC=ascension island| ile de l ascension| ascension| isla de la ascension| isola ascensione| ilha de \
ascensao| asc| AD=andorra| andorre| and| AE=uae| emirates| eau| vae| emirats| emirati| emiratos| \
united arab emirates| emirats arabes unis| vereinigte arabische emirate| emiratos arabes unidos| \
emirati arabi uniti| emirados arabes unidos| verenigde arabische emiraten| are| AF=afghanistan| \
afganistan| afeganistao| afg| AG=antigua| antigua and barbuda| antigua et barbuda| antigua und \
barbuda| antigua y barbuda| antigua e barbuda| antigua en barbuda| atg| AI=anguilla| anguila| aia| \
AL=albania| albanie| albanien| alb| AM=armenia| armenie| armenien| arm| AO=angola| ago| \
AR=argentina| argentine| argentinien| argentinie| arg| AS=american samoa| samoa americaines| \
amerikanisch samoa| samoa americana| samoa americane| amerikaans samoa| asm| AT=austria| autriche| \
osterreich| oostenrijk| aut| AU=australia| australie| australien| aus| AW=aruba| abw| AX=aland \
islands| iles aland| alandinseln| islas aland| isole aland| ilhas aland| aland| ala| AZ=azerbaijan| \
azerbaidjan| aserbaidschan| azerbaiyan| azerbaigian| azerbaijao| azerbeidzjan| aze| BA=bosnia| \
bosnie| bosnien| bosnia and herzegovina| bosnie herzegovine| bosnien und herzegowina| bosnia y \
herzegovina| bosnia ed erzegovina| bosnia e herzegovina| bosnie en herzegovina| bih| BB=barbados| \
barbade| brb| BD=bangladesh| bangladesch| banglades| bgd| BE=belgium| belgique| belgien| belgica| \
belgio| belgie| bel| BF=burkina faso| burquina faso| bfa| BG=bulgaria| bulgarie| bulgarien| \
bulgarije| bgr| BH=bahrain| bahrein| barein| bhr| BI=burundi| bdi| BJ=benin| ben| BL=saint \
barthelemy| st barthelemy| san bartolome| sao bartolomeu| blm| BM=bermuda| bermudes| bermudas| bmu| \
BN=brunei darussalam| brunei| brn| BO=bolivia plurinational state of| bolivia| bolivie| bolivien| \
bol| BQ=bonaire| bonaire sint eustatius and saba| caribbean netherlands| pays bas caribeens| \
karibische niederlande| caribe neerlandes| caraibi olandesi| paises baixos caribenhos| caribisch \
nederland| bes| BR=brazil| bresil| brasilien| brasil| brasile| brazilie| bra| BS=bahamas the| \
bahamas| bahama s| bhs| BT=bhutan| bhoutan| butan| butao| btn| BW=botswana| botsuana| bwa| \
BY=weissrussland| white russia| belarus| bielorussie| bielorrusia| bielorussia| bielorrussia| blr| \
BZ=belize| belice| blz| CA=canada| kanada| can| CC=cocos keeling islands| iles cocos| kokosinseln| \
islas cocos| isole cocos keeling| ilhas cocos keeling| cocoseilanden| cck| CD=dr congo| democratic \
republic of the congo| congo democratic republic of the| congo drc| drc| congo the democratic \
republic of the| congo democratic republic| democratic republic of congo| rdc| rd congo| congo rdc| \
republique democratique du congo| dem rep congo| dem rep of congo| demokratische republik kongo| \
republica democratica del congo| repubblica democratica del congo| republica democratica do congo| \
congo kinshasa| kongo kinshasa| cod| CF=car| central africa| centrafrique| centrafricaine| central \
african republic| republique centrafricaine| zentralafrikanische republik| republica centroafricana| \
repubblica centrafricana| republica centro africana| centraal afrikaanse republiek| caf| CG=congo| \
republic of the congo| congo republic of the| congo republic| republique du congo| republik kongo| \
republica del congo| congo brazzaville| kongo brazzaville| republica do congo| cog| CH=switzerland| \
suisse| schweiz| suiza| svizzera| suica| zwitserland| che| CI=ivory coast| cote d ivoire| \
elfenbeinkuste| costa de marfil| republique de cote d ivoire| costa d avorio| costa do marfim| \
ivoorkust| civ| CK=cook islands| iles cook| cookinseln| islas cook| isole cook| ilhas cook| \
cookeilanden| cok| CL=chile| chili| cile| chl| CM=cameroon| cameroun| kamerun| camerun| camaroes| \
kameroen| cmr| CN=china| chine| cina| chn| CO=colombia| colombie| kolumbien| col| CR=costa rica| \
cri| CU=cuba| kuba| cub| CV=cape verde| kapverden| cap vert| cabo verde| capo verde| kaapverdie| \
cpv| CW=curacao| curazao| ant| cuw| CX=christmas island| ile christmas| weihnachtsinsel| isla de \
navidad| isola christmas| ilha christmas| christmaseiland| cxr| CY=cyprus| chypre| zypern| chipre| \
cipro| cyp| CZ=czech republic| republique tcheque| tschechische republik| republica checa| \
repubblica ceca| tsjechische republiek| czech rep| czechia| tchequie| tschechien| chequia| cechia| \
tchequia| tsjechie| cze| DE=germany| allemagne| deutschland| alemania| germania| alemanha| \
duitsland| deu| DJ=djibouti| dschibuti| yibuti| gibuti| djibuti| dji| DK=denmark| danemark| \
dinamarca| danimarca| denemarken| dnk| DM=dominica| dominique| dma| DO=dominican rep| rep \
dominicaine| rep dominicana| dominican republic| republique dominicaine| dominikanische republik| \
republica dominicana| repubblica dominicana| dominicaanse republiek| dom| DZ=algeria| algerie| \
algerien| argelia| algerije| dza| EC=ecuador| equateur| equador| ecu| EE=estonia| estonie| estland| \
est| EG=egypt| egypte| agypten| egipto| egitto| egito| egy| EH=western sahara| sahara occidental| \
westsahara| sahara occidentale| saara ocidental| westelijke sahara| esh| ER=eritrea| erythree| \
eritreia| eri| ES=spain| espagne| spanien| espana| spagna| espanha| spanje| esp| ET=ethiopia| \
ethiopie| athiopien| etiopia| eth| FI=finland| finlande| finnland| finlandia| fin| FJ=fiji| fidji| \
fidschi| fiyi| figi| fji| FK=falkland islands malvinas| falklands| falkland islands| iles malouines| \
falklandinseln| islas malvinas| isole falkland| ilhas malvinas| falklandeilanden| flk| FM=micronesia \
federated states of| federated states of micronesia| micronesia| micronesie| mikronesien| fsm| \
FO=faroe| faroe islands| iles feroe| faroer| islas feroe| isole f r er| ilhas faroe| faeroer| fro| \
FR=france| frankreich| francia| franca| frankrijk| fra| GA=gabon| gabun| gabao| gab| GB=uk| u k| \
great britain| england| britain| angleterre| grossbritannien| grande bretagne| gran bretana| gran \
bretagna| gra bretanha| groot brittannie| inghilterra| inglaterra| schottland| scotland| wales| \
northern ireland| irlande du nord| united kingdom of great britain and northern ireland| united \
kingdom| royaume uni| vereinigtes konigreich| reino unido| regno unito| verenigd koninkrijk| gbr| \
GD=grenada| grenade| granada| grd| GE=georgia| georgie| georgien| geo| GF=guyane| french guyana| \
french guiana| guyane francaise| franzosisch guayana| guayana francesa| guyana francese| guiana \
francesa| frans guyana| guf| GG=guernsey| guernesey| ggy| GH=ghana| gana| gha| GI=gibraltar| \
gibilterra| gib| GL=greenland| groenland| gronland| groenlandia| grl| GM=gambia the| gambia| gambie| \
gmb| GN=guinea| guinee| guine| gin| GP=guadeloupe| guadalupe| guadalupa| glp| GQ=equatorial guinea| \
guinee equatoriale| aquatorialguinea| guinea ecuatorial| guinea equatoriale| guine equatorial| \
equatoriaal guinea| gnq| GR=greece| grece| griechenland| grecia| griekenland| grc| GT=guatemala| \
gtm| GU=guam| gum| GW=guinea bissau| guinee bissau| guinea bisau| guine bissau| gnb| GY=guyana| \
guiana| guy| HK=hong kong| hongkong| hong kong sar| hong kong china| hong kong sar china| r a s \
chinoise de hong kong| sonderverwaltungsregion hongkong| rae de hong kong china| ras di hong kong| \
hong kong rae da china| hongkong sar van china| hkg| HN=honduras| hnd| HR=croatia| croatie| \
kroatien| croacia| croazia| kroatie| hrv| HT=haiti| hti| HU=hungary| hongrie| ungarn| hungria| \
ungheria| hongarije| hun| ID=indonesia| indonesie| indonesien| idn| IE=eire| republic of ireland| \
ireland| irlande| irland| irlanda| ierland| irl| IL=israel| israele| isr| IM=man isle of| isle of \
man| ile de man| isla de man| isola di man| ilha de man| imn| IN=india| inde| indien| ind| IO=diego \
garcia| british indian ocean territory| territoire britannique de l ocean indien| britisches \
territorium im indischen ozean| territorio britanico del oceano indico| territorio britannico dell \
oceano indiano| territorio britanico do oceano indico| brits indische oceaanterritorium| iot| \
IQ=iraq| irak| iraque| irq| IR=iran islamic republic of| islamic republic of iran| iran| ira| irn| \
IS=iceland| islande| island| islandia| islanda| ijsland| isl| IT=italy| italie| italien| italia| \
ita| JE=jersey| jey| JM=jamaica| jamaique| jamaika| giamaica| jam| JO=jordan| jordanie| jordanien| \
jordania| giordania| jor| JP=japan| japon| giappone| japao| jpn| KE=kenya| kenia| quenia| ken| \
KG=kyrgyzstan| kirghizstan| kirgisistan| kirguistan| kirghizistan| quirguistao| kirgizie| kgz| \
KH=cambodia| cambodge| kambodscha| camboya| cambogia| camboja| cambodja| khm| KI=kiribati| \
quiribati| kir| KM=comoros| comores| komoren| comoras| comore| comoren| com| KN=saint kitts and \
nevis| st kitts and nevis| saint christophe et nieves| st kitts und nevis| san cristobal y nieves| \
saint kitts e nevis| sao cristovao e nevis| saint kitts en nevis| kna| KP=korea democratic people s \
republic of| korea north| democratic people s republic of korea| north korea| coree du nord| \
nordkorea| corea del norte| corea del nord| coreia do norte| noord korea| prk| KR=republic of korea| \
korea republic of| korea south| korea| south korea| coree du sud| sudkorea| corea del sur| corea del \
sud| coreia do sul| zuid korea| kor| KW=kuwait| koweit| koeweit| kwt| KY=cayman| cayman islands| \
iles caimans| kaimaninseln| islas caiman| isole cayman| ilhas cayman| kaaimaneilanden| cym| \
KZ=kazakhstan| kasachstan| kazajistan| kazakistan| cazaquistao| kazachstan| kaz| LA=lao people s \
democratic republic| lao| laos pdr| laos| LB=lebanon| liban| libanon| libano| lbn| LC=saint lucia| \
st lucia| sainte lucie| santa lucia| lca| LI=liechtenstein| lie| LK=sri lanka| lka| LR=liberia| lbr| \
LS=lesotho| lesoto| lso| LT=lithuania| lituanie| litauen| lituania| litouwen| ltu| LU=luxembourg| \
luxemburg| luxemburgo| lussemburgo| lux| LV=latvia| lettonie| lettland| letonia| lettonia| letland| \
lva| LY=libyan arab jamahiriya| libya| libye| libyen| libia| libie| lby| MA=morocco| maroc| marokko| \
marruecos| marocco| marrocos| mar| MC=monaco| mco| MD=republic of moldova| moldova republic of| \
moldawien| moldova| moldavie| republik moldau| moldavia| mda| ME=montenegro| mne| MF=saint martin| \
saint martin french part| st martin| san martin| sao martinho| maf| MG=madagascar| madagaskar| mdg| \
MH=marshall islands| iles marshall| marshallinseln| islas marshall| isole marshall| ilhas marshall| \
marshalleilanden| mhl| MK=macedonia| fyrom| former yugoslav republic of macedonia| macedonia the \
former yugoslav republic of| macedoine| macedonia fyrom| mazedonien| north macedonia| macedoine du \
nord| nordmazedonien| macedonia del norte| macedonia del nord| macedonia do norte| noord macedonie| \
mkd| ML=mali| mli| MM=burma| birmanie| myanmar burma| myanmar birmanie| myanmar| myanmar birmania| \
mianmar birmania| myanmar birma| mmr| MN=mongolia| mongolie| mongolei| mng| MO=macau| macao| macao \
sar| macau sar| macau china| macao sar china| r a s chinoise de macao| sonderverwaltungsregion \
macau| rae de macao china| ras di macao| macau rae da china| macau sar van china| mac| MP=northern \
mariana islands| iles mariannes du nord| nordliche marianen| islas marianas del norte| isole \
marianne settentrionali| ilhas marianas do norte| noordelijke marianen| mnp| MQ=martinique| \
martinica| mtq| MR=mauritania| mauritanie| mauretanien| mrt| MS=montserrat| msr| MT=malta| malte| \
mlt| MU=ile maurice| mauritius| maurice| mauricio| mus| MV=maldives| malediven| maldivas| maldive| \
maldiven| mdv| MW=malawi| malaui| mwi| MX=mexico| mexique| mexiko| messico| mex| MY=malaysia| \
malaisie| malasia| maleisie| mys| MZ=mozambique| mosambik| mozambico| mocambique| moz| NA=namibia| \
namibie| nam| NC=new caledonia| nouvelle caledonie| neukaledonien| nueva caledonia| nuova caledonia| \
nova caledonia| nieuw caledonie| ncl| NE=niger| ner| NF=norfolk island| ile norfolk| norfolkinsel| \
isla norfolk| isola norfolk| ilha norfolk| norfolk| nfk| NG=nigeria| nga| NI=nicaragua| nic| \
NL=holland| hollande| holanda| olanda| netherlands| pays bas| niederlande| paises bajos| paesi \
bassi| paises baixos| nederland| nld| NO=norway| norvege| norwegen| noruega| norvegia| noorwegen| \
nor| NP=nepal| npl| NR=nauru| nru| NU=niue| niu| NZ=new zealand| nouvelle zelande| neuseeland| nueva \
zelanda| nuova zelanda| nova zelandia| nieuw zeeland| nzl| OM=oman| oma| omn| PA=panama| pan| \
PE=peru| perou| per| PF=polynesie| tahiti| french polynesia| polynesie francaise| franzosisch \
polynesien| polinesia francesa| polinesia francese| frans polynesie| pyf| PG=papua new guinea| \
papouasie nouvelle guinee| papua neuguinea| papua nueva guinea| papua nuova guinea| papua nova \
guine| papoea nieuw guinea| png| PH=philippines| philippinen| filipinas| filippine| filipijnen| phl| \
PK=pakistan| paquistao| pak| PL=poland| pologne| polen| polonia| pol| PM=saint pierre and miquelon| \
st pierre and miquelon| saint pierre et miquelon| st pierre und miquelon| san pedro y miquelon| \
saint pierre e miquelon| sao pedro e miquelao| saint pierre en miquelon| spm| PR=puerto rico| porto \
rico| portorico| pri| PS=palestine| palestinian territory| state of palestine| palestinian territory \
occupied| palastina| territoires palestiniens| palestinian territories| palastinensische \
autonomiegebiete| territorios palestinos| territori palestinesi| palestijnse gebieden| pse| \
PT=portugal| portogallo| prt| PW=palau| palaos| plw| PY=paraguay| paraguai| pry| QA=qatar| katar| \
catar| qat| RE=reunion island| reunion| la reunion| riunione| reuniao| reu| RO=romania| roumanie| \
rumanien| rumania| romenia| roemenie| rou| RS=serbia| serbie| serbien| servia| servie| scg| srb| \
yug| RU=russian federation| federation de russie| russische foderation| russia| russie| russland| \
rusia| rusland| rus| sun| RW=rwanda| ruanda| rwa| SA=ksa| saudi arabia| arabie saoudite| saudi \
arabien| arabia saudi| arabia saudita| saoedi arabie| ntz| sau| SB=solomon islands| iles salomon| \
salomonen| islas salomon| isole salomone| ilhas salomao| salomonseilanden| slb| SC=seychelles| \
seychellen| seicheles| syc| SD=sudan| soudan| sudao| soedan| sdn| SE=sweden| suede| schweden| \
suecia| svezia| zweden| swe| SG=singapore| singapour| singapur| singapura| sgp| SH=saint helena| st \
helena ascension and tristan da cunha| sainte helene| st helena| santa elena| sant elena| santa \
helena| sint helena| shn| SI=slovenia| slovenie| slowenien| eslovenia| svn| SJ=svalbard and jan \
mayen| svalbard et jan mayen| spitzbergen und jan mayen| svalbard y jan mayen| svalbard e jan mayen| \
spitsbergen en jan mayen| sjm| SK=slovak republic| slovakia| slovaquie| slowakei| eslovaquia| \
slovacchia| slowakije| svk| SL=sierra leone| sierra leona| serra leoa| sle| SM=san marino| saint \
marin| smr| SN=senegal| sen| SO=somalia| somalie| som| SR=suriname| surinam| sur| SS=south sudan| \
soudan du sud| sudsudan| sudan del sur| sud sudan| sudao do sul| zuid soedan| ssd| ST=sao tome| sao \
tome and principe| sao tome et principe| sao tome und principe| santo tome y principe| sao tome e \
principe| sao tome en principe| stp| SV=el salvador| salvador| slv| SX=st maarten| sint maarten \
dutch part| sint maarten| saint martin partie neerlandaise| sxm| SY=syrian arab republic| syria| \
syrie| syrien| siria| syr| SZ=swaziland| swasiland| eswatini| esuatini| essuatini| swz| TA=tristan \
da cunha| tristan de acuna| tristao da cunha| TC=turks and caicos| turks and caicos islands| iles \
turques et caiques| turks und caicosinseln| islas turcas y caicos| isole turks e caicos| ilhas \
turcas e caicos| turks en caicoseilanden| tca| TD=chad| tchad| tschad| ciad| chade| tsjaad| tcd| \
TG=togo| tgo| TH=thailand| thailande| tailandia| thailandia| tha| TJ=tajikistan| tadjikistan| \
tadschikistan| tayikistan| tagikistan| tadjiquistao| tadzjikistan| tjk| TK=tokelau| tkl| TL=east \
timor| timor leste| timor oriental| timor est| oost timor| tls| TM=turkmenistan| turcomenistao| tkm| \
TN=tunisia| tunisie| tunesien| tunez| tunesie| tun| TO=tonga| ton| TR=turkey| turkiye| turquie| \
turkei| turquia| turchia| turkije| tur| TT=trinidad| trinidad and tobago| trinite et tobago| \
trinidad und tobago| trinidad y tobago| trinidad e tobago| trinidad en tobago| tto| TV=tuvalu| tuv| \
TW=taiwan province of china| chinese taipei| taiwan| twn| TZ=united republic of tanzania| tanzania \
united republic of| tanzania| tanzanie| tansania| tza| UA=ukraine| ucrania| ucraina| oekraine| ukr| \
UG=uganda| ouganda| oeganda| uga| US=usa| u s a| united states of america| us of america| eua| e u \
a| ee uu| eeuu| etats unis d amerique| u s| estados unidos de america| stati uniti d america| \
vereinigte staaten von amerika| united states| etats unis| vereinigte staaten| estados unidos| stati \
uniti| verenigde staten| UY=uruguay| uruguai| ury| UZ=uzbekistan| ouzbekistan| usbekistan| \
uzbequistao| oezbekistan| uzb| VA=vatican| holy see| holy see vatican city state| vatican city| etat \
de la cite du vatican| vatikanstadt| ciudad del vaticano| citta del vaticano| cidade do vaticano| \
vaticaanstad| vat| VC=saint vincent and the grenadines| saint vincent| st vincent grenadines| st \
vincent and grenadines| saint vincent et les grenadines| st vincent und die grenadinen| san vicente \
y las granadinas| saint vincent e grenadine| sao vicente e granadinas| saint vincent en de \
grenadines| vct| VE=venezuela bolivarian republic of| venezuela| ven| VG=virgin islands british| \
bvi| british virgin islands| iles vierges britanniques| britische jungferninseln| islas virgenes \
britanicas| isole vergini britanniche| ilhas virgens britanicas| britse maagdeneilanden| vgb| VI=us \
virgin islands| virgin islands u s| virgin islands us| u s virgin islands| iles vierges des etats \
unis| amerikanische jungferninseln| islas virgenes de ee uu| isole vergini americane| ilhas virgens \
americanas| amerikaanse maagdeneilanden| vir| VN=viet nam| vietnam| vietna| vnm| VU=vanuatu| vut| \
WF=wallis and futuna| wallis et futuna| wallis und futuna| wallis y futuna| wallis e futuna| wallis \
en futuna| wlf| WS=western samoa| samoa| wsm| XK=xkx| kosovo| xkk| YE=yemen| jemen| iemen| yem| \
YT=mayotte| myt| ZA=south africa| afrique du sud| sudafrika| sudafrica| africa do sul| zuid afrika| \
zaf| ZM=zambia| zambie| sambia| zmb| ZW=zimbabwe| simbabwe| zimbabue| zwe\
"""
