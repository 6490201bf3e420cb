import { parsePhoneNumberFromString } from "libphonenumber-js/min";
import type { XmlNode } from "../../xml-write.ts";
import { xmlText } from "../../xml-text.ts";

/**
 * cXML wants a telephone number in three parts. The area is the first group in which the country writes its numbers:
 * +33 6 12 34 56 78 has the area 6. What is no number stays whole in the last part.
 */
export function telephone(number: string): XmlNode {
  const parsed = parsePhoneNumberFromString(number);
  const [area = "", ...rest] =
    parsed
      ?.formatInternational()
      .split(/[\s-]+/)
      .slice(1) ?? [];
  const local = rest.join("");
  return {
    TelephoneNumber: {
      CountryCode: { "@isoCountryCode": parsed?.country ?? "", "#text": parsed?.countryCallingCode ?? "" },
      AreaOrCityCode: local === "" ? "" : area,
      Number: parsed === undefined ? xmlText(number) : local || area,
    },
  };
}
