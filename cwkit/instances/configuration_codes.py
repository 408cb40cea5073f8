"""The codes of findings on configuration values."""

from __future__ import annotations

from cwkit.instances.code import Code

__all__ = ["CONFIGURATION"]

CONFIGURATION: dict[str, Code] = {
    "missing": Code(
        "error",
        "A required value is missing or blank.",
        "It was left out of the request, or its key is misspelt so that the value went nowhere.",
        "Enter the value under exactly this key.",
    ),
    "placeholder": Code(
        "error",
        "A placeholder of a template or of the documentation still stands in the value.",
        "The example was sent without typing one's own value over it.",
        "Type the real value over it.",
    ),
    "blanked-out": Code(
        "info",
        "The value was blanked out before the text was pasted, so it cannot be checked.",
        "Whoever sent the text put x's, stars or <...> over it.",
        "Ask for it if the value is in doubt.",
    ),
    "key-misspelt": Code(
        "error",
        "A key is not written as the element writes it; upper and lower case count.",
        "It was typed from memory or copied from documentation that spells it differently.",
        "Use the element's own spelling.",
    ),
    "key-of-other-element": Code(
        "error",
        "The key belongs to the other ConnectWise element.",
        "The request was written after the documentation of the other element.",
        "Use this element's key, or create an instance of the other element.",
    ),
    "key-unknown": Code(
        "info",
        "The element does not list this key; the platform keeps it, but nothing is known to read it.",
        "An older or newer version of the element, a key of one's own, or a misspelling beyond recognition.",
        "Leave it, unless it was meant to have an effect: then look the right key up.",
    ),
    "given-twice": Code(
        "error",
        "One value is given under two spellings, and they differ.",
        "A corrected key was added without taking the wrong one out.",
        "Leave the misspelt one out.",
    ),
    "too-long": Code(
        "error",
        "The value is longer than the platform takes.",
        "Often a whole address was pasted where a part of it belongs.",
        "Shorten it.",
    ),
    "not-a-boolean": Code(
        "error",
        "The value is neither true nor false.",
        "A word or a number was entered for a switch.",
        "Write true or false.",
    ),
    "not-an-option": Code(
        "error",
        "The value is none of the choices that the field has.",
        "A label was entered in place of its value, or the choices have changed.",
        "Take one of the choices.",
    ),
    "value-untidy": Code(
        "warning",
        "The value holds something that pasting added: spaces, quotes, braces, a line end.",
        "It was copied with its surroundings. The platform takes it as it is, and signing in fails.",
        "Enter the value by itself.",
    ),
    "url-form": Code(
        "error",
        "The value is not the address of a ConnectWise site.",
        "Something else was pasted, or the address was cut.",
        "Enter the address of the site, such as https://api-na.myconnectwise.net.",
    ),
    "url-login": Code(
        "error",
        "The address holds a user name or password.",
        "It was copied from a tool that writes them there.",
        "Take them out of the address.",
    ),
    "url-repairable": Code(
        "warning",
        "The address is recognisable but not in the form that works: scheme, api-, path, angle brackets.",
        "It was copied from the browser or typed from memory.",
        "Write it as the finding shows.",
    ),
    "url-old-host": Code(
        "warning",
        "The host is written under a domain where ConnectWise's interface does not answer.",
        "The address of the web page, or one from before a move, was used.",
        "Use the host under myconnectwise.net that the finding shows.",
    ),
    "wsdl-form": Code(
        "error",
        "The value is not a WSDL path.",
        "The path appears only in the address after login, and is easily mistaken.",
        "Log in to ConnectWise, copy the whole address of the page, and take /<version>/apis/2.0/ from it.",
    ),
    "wsdl-version": Code(
        "warning",
        "The WSDL path names another version than the site.",
        "ConnectWise was upgraded and moved the path. Calls answer: validate that you are using the correct "
        "WSDL path.",
        "Change helpdesk.connectwise.wsdl.path to the site's version.",
    ),
    "company-form": Code(
        "error",
        "The company is not the name that one logs in with.",
        "An address, or company and public key joined by a plus sign, was pasted.",
        "Enter the company name from the login page.",
    ),
    "client-id-form": Code(
        "error",
        "The client ID is not one.",
        "A key or a name was entered in its place. Since August 2019 ConnectWise refuses calls without one.",
        "Copy it from the integration at ConnectWise's developer network.",
    ),
    "key-form": Code(
        "error",
        "The key holds spaces or more than itself.",
        "Company, public and private key were pasted together, or a line end came along.",
        "Copy the key again, by itself.",
    ),
    "keys-equal": Code(
        "warning",
        "Public and private key are the same.",
        "The same field was copied twice.",
        "Copy the private key again; ConnectWise shows it once, when the pair is made.",
    ),
    "secret-in-clear": Code(
        "warning",
        "A secret stands in the text in clear.",
        "The platform echoed it, or it was pasted with the request. Everyone who saw the text can use it.",
        "Change it at its source, enter the new one, and take it out of the ticket.",
    ),
}
